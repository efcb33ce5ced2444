"""The ledger as a workbook (整改台账): its columns, rows and cells."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from junheng.wording.ledger.ledger_book import BookWords


class Column(StrEnum):
    """The usual columns of a 整改台账 in their order, and a row's reference."""

    NUMBER = "number"
    PROBLEM = "problem"
    INDICATOR = "indicator"
    LEAD = "lead"
    SUPPORTING = "supporting"
    ACTION = "action"
    DUE_ON = "due_on"
    PROGRESS = "progress"
    EVIDENCE = "evidence"
    CLOSING = "closing"
    REFERENCE = "reference"


REPLY_COLUMNS = (Column.ACTION, Column.PROGRESS, Column.EVIDENCE)
# Without 序号, which people renumber after sorting rows, and without the reference itself.
FIXED_COLUMNS = (
    Column.PROBLEM,
    Column.INDICATOR,
    Column.LEAD,
    Column.SUPPORTING,
    Column.DUE_ON,
    Column.CLOSING,
)
ORIGINALS = "_原件"
MARK = "junheng-ledger-book"
SHOWN_OF_HEAD = 16


class Progress(StrEnum):
    """The progress that a unit may enter; the last two need a reason.

    Only the lead may enter the last two; supporting units receipt, begin and report.
    """

    RECEIPTED = "receipted"
    IN_PROGRESS = "in_progress"
    REPORTED = "reported"
    DISPUTED = "disputed"
    EXTENSION = "extension"


@dataclass(frozen=True, slots=True)
class Claimed:
    """A document that a row names as its evidence; `kind` is None if not stated."""

    kind: str | None
    file_name: str


@dataclass(frozen=True, slots=True)
class BookRow:
    """One remediation from the view of one unit, which leads or supports it."""

    reference: str
    problem: str
    indicator: str
    lead: str
    supporting: tuple[str, ...]
    action: str
    due_on: date | None
    is_provisional: bool
    progress: str
    evidence: tuple[Claimed, ...]
    closing: str
    is_lead: bool
    may_reply: bool


@dataclass(frozen=True, slots=True)
class BookSheet:
    name: str
    is_lead: bool
    rows: tuple[BookRow, ...]


@dataclass(frozen=True, slots=True)
class Book:
    """A copy of the ledger: the district's if `unit` is None, else with that unit's rows.

    `kinds` are the kinds of evidence that may be named.
    """

    title: str
    unit: str | None
    day: date
    head: str
    kinds: tuple[str, ...]
    rows: tuple[BookRow, ...]

    def sheets(self, wording: BookWords) -> tuple[BookSheet, ...]:
        """Return the visible sheets: one of the district, one or two of a unit."""
        if self.unit is None:
            return (BookSheet(wording.sheets.ledger, is_lead=True, rows=self.rows),)
        led = tuple(row for row in self.rows if row.is_lead)
        supported = tuple(row for row in self.rows if not row.is_lead)
        sheets = (
            BookSheet(wording.sheets.lead, is_lead=True, rows=led),
            BookSheet(wording.sheets.supporting, is_lead=False, rows=supported),
        )
        # A workbook must have at least one sheet, even for a unit without remediations.
        return tuple(sheet for sheet in sheets if sheet.rows) or sheets[:1]

    def note(self, wording: BookWords) -> str:
        template = wording.note if self.unit is None else wording.note_of_unit
        return template.format(
            day=self.day.isoformat(),
            head=self.head[:SHOWN_OF_HEAD],
            kinds=wording.between_units.join(self.kinds),
        )

    def originals(self, wording: BookWords) -> tuple[tuple[str, ...], ...]:
        """Return the hidden sheet: the unit of the copy, and every row as it was written."""
        rows = tuple(
            (row.reference, _mark(is_lead=row.is_lead), *_texts(cells_of(row, wording)))
            for row in self.rows
        )
        return (
            (MARK, self.unit or "", self.day.isoformat(), self.head),
            (Column.REFERENCE.value, Column.LEAD.value, *(column.value for column in Column)),
            *rows,
        )


def _mark(*, is_lead: bool) -> str:
    return Column.LEAD.value if is_lead else Column.SUPPORTING.value


def _texts(cells: Mapping[Column, str | date | None]) -> tuple[str, ...]:
    return tuple(str(cells.get(column) or "") for column in Column)


# Control characters that are not allowed in workbooks; line breaks and tabs are allowed.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def cells_of(row: BookRow, wording: BookWords) -> Mapping[Column, str | date | None]:
    """Return the content of each cell of a row, except its number, which depends on the sheet."""
    texts = {
        Column.PROBLEM: row.problem,
        Column.INDICATOR: row.indicator,
        Column.LEAD: row.lead,
        Column.SUPPORTING: wording.between_units.join(row.supporting),
        Column.ACTION: row.action,
        Column.PROGRESS: row.progress,
        Column.EVIDENCE: wording.between_documents.join(
            document_text(document, wording) for document in row.evidence
        ),
        Column.CLOSING: row.closing,
        Column.REFERENCE: row.reference,
    }
    printable = {column: _UNPRINTABLE.sub("", text) for column, text in texts.items()}
    return {**printable, Column.DUE_ON: row.due_on}


def document_text(document: Claimed, wording: BookWords) -> str:
    """Return a document as it is named in a cell, with its kind if known."""
    if document.kind is None:
        return document.file_name
    return wording.document.format(kind=document.kind, file_name=document.file_name)


def title(wording: BookWords, *, district: str, unit: str | None = None) -> str:
    """Return the title of the district's copy, or of a unit's with its current name."""
    if unit is None:
        return wording.title.format(district=district)
    return wording.title_of_unit.format(district=district, unit=unit)
