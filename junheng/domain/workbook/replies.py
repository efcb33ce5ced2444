"""A unit's replies in its copy of the ledger, and every fault with sheet and cell."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from junheng.domain.intake.sheets import BrokenCell, Sheet
from junheng.domain.workbook.book import REPLY_COLUMNS, Claimed, Column, Progress
from junheng.domain.workbook.cells import documents_in, progress_in
from junheng.domain.workbook.faults import BookFault, BookProblem, CellRefused
from junheng.domain.workbook.ledger_copies import Copy, CopyRow, Original, copy_in
from junheng.wording.ledger.ledger_book import BookWords


@dataclass(frozen=True, slots=True)
class Reply:
    """The reply of one row, and its place; unchanged cells are empty here.

    `row` is the row number shown in the spreadsheet; `cells` has the address of every column.
    """

    reference: str
    is_lead: bool
    action: str
    progress: Progress | None
    text: str
    extension_until: date | None
    evidence: tuple[Claimed, ...]
    sheet: str
    row: int
    cells: Mapping[Column, str]

    @property
    def answer(self) -> tuple[object, ...]:
        """Return the content of the reply without its place, empty if there is none."""
        content = (self.action, self.progress, self.text, self.extension_until, self.evidence)
        return content if any(content) else ()


@dataclass(frozen=True, slots=True)
class Taken:
    """The result of reading a copy. A row with a fault in its reply or reference gives no reply.

    `unit` is taken from the copy and is not yet compared with the sender.
    """

    unit: str | None
    replies: tuple[Reply, ...]
    faults: tuple[BookFault, ...]


def read(sheets: Sequence[Sheet], *, wording: BookWords) -> Taken:
    """Read a copy of the ledger."""
    copy = copy_in(sheets, wording)
    replies: list[Reply] = []
    faults = list(copy.faults)
    for ledger in copy.sheets:
        for row in ledger.rows(wording):
            reply, wrong = _read_row(row, copy, wording)
            faults.extend(wrong)
            if reply is not None and reply.answer:
                replies.append(reply)
    once, twice = _each_once(replies, wording)
    return Taken(copy.unit, once, (*faults, *twice))


def _read_row(
    row: CopyRow,
    copy: Copy,
    wording: BookWords,
) -> tuple[Reply | None, tuple[BookFault, ...]]:
    original = copy.original(row)
    answered = _answered(row, original)
    if not row.reference:
        missing = fault_at(row, Column.REFERENCE, BookProblem.REFERENCE_MISSING, wording, found="")
        # A row without an answer is a remark or an empty row.
        return None, (missing,) if answered else ()
    if original is None and copy.originals is not None:
        unknown = BookProblem.REFERENCE_UNKNOWN
        return None, (fault_at(row, Column.REFERENCE, unknown, wording, found=row.reference),)
    changed = () if original is None else _changed(row, original, wording)
    is_lead = row.is_lead if original is None else original.is_lead
    refused = tuple(
        fault for column in answered for fault in _refused(row, column, wording, is_lead=is_lead)
    )
    if refused or not answered:
        return None, (*changed, *refused)
    return _reply(row, answered, original, wording, is_lead=is_lead), changed


def _answered(row: CopyRow, original: Original | None) -> Mapping[Column, str]:
    """Return the filled reply cells that were changed since the copy was written."""
    filled = {column: row.text(column) for column in REPLY_COLUMNS if row.text(column)}
    if original is None:
        return filled
    return {column: text for column, text in filled.items() if not original.is_alike(column, text)}


def _changed(row: CopyRow, original: Original, wording: BookWords) -> tuple[BookFault, ...]:
    """Return a fault for each fixed cell that was changed."""
    return tuple(
        fault_at(
            row,
            column,
            BookProblem.FIXED_CELL_CHANGED,
            wording,
            found=row.text(column),
            expected=original.texts.get(column, ""),
        )
        for column in original.changed(row)
    )


def _refused(
    row: CopyRow, column: Column, wording: BookWords, *, is_lead: bool
) -> Iterable[BookFault]:
    """Yield the faults of a filled cell."""
    text = row.text(column)
    if isinstance(row.values[column], BrokenCell):
        yield fault_at(row, column, BookProblem.NO_VALUE, wording, found=text)
        return
    try:
        if column is Column.PROGRESS:
            progress_in(text, wording, is_lead=is_lead)
        if column is Column.EVIDENCE:
            documents_in(text)
    except CellRefused as refused:
        yield fault_at(row, column, refused.problem, wording, found=text, expected=refused.expected)


def _reply(
    row: CopyRow,
    answered: Mapping[Column, str],
    original: Original | None,
    wording: BookWords,
    *,
    is_lead: bool,
) -> Reply:
    progress = answered.get(Column.PROGRESS)
    stated = None if progress is None else progress_in(progress, wording, is_lead=is_lead)
    named_before = "" if original is None else original.texts.get(Column.EVIDENCE, "")
    known = frozenset(documents_in(named_before))
    return Reply(
        reference=row.reference,
        is_lead=is_lead,
        action=answered.get(Column.ACTION, ""),
        progress=None if stated is None else stated.progress,
        text="" if stated is None else stated.text,
        extension_until=None if stated is None else stated.extension_until,
        evidence=tuple(
            document
            for document in documents_in(answered.get(Column.EVIDENCE, ""))
            if document not in known
        ),
        sheet=row.sheet,
        row=row.number,
        cells=row.cells,
    )


def _each_once(
    replies: Iterable[Reply],
    wording: BookWords,
) -> tuple[tuple[Reply, ...], tuple[BookFault, ...]]:
    """Return the replies without duplicates, and a fault for each that contradicts another."""
    together: dict[tuple[str, bool], list[Reply]] = defaultdict(list)
    for reply in replies:
        together[reply.reference, reply.is_lead].append(reply)
    once: list[Reply] = []
    faults: list[BookFault] = []
    for first, *others in together.values():
        against = [other for other in others if other.answer != first.answer]
        if not against:
            once.append(first)
        faults.extend(
            fault_at(
                other,
                Column.REFERENCE,
                BookProblem.REFERENCE_TWICE,
                wording,
                found=other.reference,
                expected=wording.faults.spot.format(
                    sheet=first.sheet, cell=first.cells[Column.REFERENCE]
                ),
            )
            for other in against
        )
    return tuple(once), tuple(faults)


def fault_at(
    place: CopyRow | Reply,
    column: Column,
    problem: BookProblem,
    wording: BookWords,
    *,
    found: str,
    expected: str = "",
) -> BookFault:
    """Return the fault of one cell of a row, named by its address and heading."""
    cell, item = place.cells[column], wording.name_of(column)
    return BookFault(place.sheet, cell, item, found, problem, expected)
