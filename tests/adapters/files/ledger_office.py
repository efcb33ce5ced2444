"""An office that fills in its copy of the ledger, for tests."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from openpyxl import Workbook, load_workbook

from junheng.adapters.files import ledger_books, workbooks
from junheng.domain.intake.sheets import Sheet
from junheng.domain.workbook import faults, replies
from junheng.domain.workbook.book import Book
from junheng.domain.workbook.replies import Taken
from junheng.wording.ledger.ledger_book import BookWords
from tests.domain.workbook.one_ledger import LED, SUPPORTED, copy_of, led

Fill = Callable[[Workbook], None]
THREE = copy_of(LED, led(2), led(3), SUPPORTED)


class Office:
    """An office that gets a copy, changes it, and sends it back."""

    def __init__(self, path: Path, wording: BookWords) -> None:
        self.path = path
        self.wording = wording

    def sends(self, book: Book, fill: Fill) -> tuple[Sheet, ...]:
        ledger_books.write(self.path, book, self.wording)
        workbook = load_workbook(self.path)
        fill(workbook)
        workbook.save(self.path)
        return tuple(workbooks.read_sheets(self.path))

    def answers(self, book: Book, fill: Fill) -> Taken:
        return replies.read(self.sends(book, fill), wording=self.wording)

    def fills_in(self, book: Book, **cells: str | int | datetime | None) -> Taken:
        """Fill in cells of the first sheet."""

        def fill(workbook: Workbook) -> None:
            for address, value in cells.items():
                workbook.worksheets[0][address] = value

        return self.answers(book, fill)

    def fault_sentences(self, taken: Taken) -> list[str]:
        return [faults.sentence(fault, self.wording.faults) for fault in taken.faults]


def references(taken: Taken) -> list[str]:
    return [reply.reference for reply in taken.replies]
