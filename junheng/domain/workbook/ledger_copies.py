"""A returned copy of the ledger: its sheets and rows, and the original content."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Self

from junheng.domain.intake.layouts import rows_below
from junheng.domain.intake.sheets import (
    CellValue,
    Sheet,
    address,
    code_of,
    half_width,
    label_of,
    text_of,
)
from junheng.domain.workbook.book import (
    FIXED_COLUMNS,
    MARK,
    ORIGINALS,
    REPLY_COLUMNS,
    Column,
)
from junheng.domain.workbook.cells import day_in
from junheng.domain.workbook.faults import BookFault, BookProblem
from junheng.wording.ledger.ledger_book import BookWords

# People delete columns; a row of other forms has at most three of these headings.
FEWEST_HEADINGS = 6
NEEDED_COLUMNS = (*REPLY_COLUMNS, Column.REFERENCE)
# Word processors replace typed hyphens with these.
_HYPHENS = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))


@dataclass(frozen=True, slots=True)
class CopyRow:
    """One row of a copy; `number` is the row number shown in the spreadsheet."""

    sheet: str
    number: int
    is_lead: bool
    values: Mapping[Column, CellValue]
    cells: Mapping[Column, str]

    @property
    def reference(self) -> str:
        return code_of(self.values[Column.REFERENCE]).translate(_HYPHENS)

    def text(self, column: Column) -> str:
        value = self.values.get(column)
        if isinstance(value, datetime) and value.time() == time.min:
            return value.date().isoformat()
        return text_of(value)


@dataclass(frozen=True, slots=True)
class CopySheet:
    """A sheet with the ledger's header, and the column of each heading in it."""

    sheet: Sheet
    header: int
    columns: Mapping[Column, int]
    is_lead: bool
    twice: tuple[tuple[Column, str], ...]

    @classmethod
    def of(cls, sheet: Sheet, wording: BookWords) -> Self | None:
        """Return the sheet with its first row that is the ledger's header, None without one."""
        for number, row in enumerate(sheet):
            places = _headings(row, wording)
            if len(places) < FEWEST_HEADINGS:
                continue
            return cls(
                sheet=sheet,
                header=number,
                columns={column: found[0] for column, found in places.items()},
                is_lead=label_of(sheet.name) != label_of(wording.sheets.supporting),
                twice=tuple(
                    (column, address(number, again))
                    for column, found in places.items()
                    for again in found[1:]
                    if column in NEEDED_COLUMNS
                ),
            )
        return None

    def faults(self, wording: BookWords) -> Iterator[BookFault]:
        """Yield the faults of the header: missing and doubled columns."""
        for column in NEEDED_COLUMNS:
            if column not in self.columns:
                item = wording.name_of(column)
                yield BookFault(self.sheet.name, "", item, "", BookProblem.COLUMN_MISSING)
        for column, cell in self.twice:
            item = wording.name_of(column)
            yield BookFault(self.sheet.name, cell, item, item, BookProblem.COLUMN_TWICE)

    def rows(self, wording: BookWords) -> Iterator[CopyRow]:
        """Yield the filled rows, without totals, signatures and repeated headers."""
        if Column.REFERENCE not in self.columns:
            return
        for number, _ in rows_below(self.sheet, self.header, name=self.columns[Column.REFERENCE]):
            if len(_headings(self.sheet.rows[number], wording)) >= FEWEST_HEADINGS:
                continue
            places = self.columns.items()
            yield CopyRow(
                sheet=self.sheet.name,
                number=number + 1,
                is_lead=self.is_lead,
                values={column: self.sheet.cell(number, place) for column, place in places},
                cells={column: address(number, place) for column, place in places},
            )


def _headings(row: Sequence[CellValue], wording: BookWords) -> Mapping[Column, Sequence[int]]:
    """Return the positions of each heading in a row, with or without its note in brackets."""
    known = {label_of(wording.headings[column]): column for column in Column}
    known |= {label_of(wording.name_of(column)): column for column in Column}
    places: dict[Column, list[int]] = defaultdict(list)
    for place, value in enumerate(row):
        column = known.get(label_of(value)) if isinstance(value, str) else None
        if column is not None:
            places[column].append(place)
    return places


@dataclass(frozen=True, slots=True)
class Original:
    """A row as it was written."""

    is_lead: bool
    texts: Mapping[Column, str]

    def is_alike(self, column: Column, found: str) -> bool:
        """Return whether a cell is unchanged, apart from spacing, width and date notation."""
        printed = self.texts.get(column, "")
        if _plain(found) == _plain(printed):
            return True
        day = day_in(found)
        return day is not None and day == day_in(printed)

    def changed(self, row: CopyRow) -> tuple[Column, ...]:
        """Return the fixed columns whose content has changed."""
        return tuple(
            column
            for column in FIXED_COLUMNS
            if column in row.cells and not self.is_alike(column, row.text(column))
        )


def _plain(text: str) -> str:
    return "".join(half_width(text).split())


@dataclass(frozen=True, slots=True)
class Copy:
    """A returned copy; `originals` is None if its rows were moved to another workbook."""

    unit: str | None
    sheets: tuple[CopySheet, ...]
    originals: Mapping[str, tuple[Original, ...]] | None
    faults: tuple[BookFault, ...]

    def original(self, row: CopyRow) -> Original | None:
        """Return the original of a row from its sheet, or from the other if it was moved whole.

        Any other row with a reference of the other sheet had its own reference overwritten.
        """
        known = (self.originals or {}).get(row.reference, ())
        of_its_sheet = (original for original in known if original.is_lead == row.is_lead)
        moved_over = (original for original in known if not original.changed(row))
        return next(of_its_sheet, next(moved_over, None))


def is_ledger_book(sheets: Sequence[Sheet], wording: BookWords) -> bool:
    """Return whether a workbook is a copy of the ledger, by its content only."""
    ledgers = (CopySheet.of(sheet, wording) for sheet in sheets)
    has_references = any(
        ledger is not None and Column.REFERENCE in ledger.columns for ledger in ledgers
    )
    return has_references or _kept(sheets) is not None


def copy_in(sheets: Sequence[Sheet], wording: BookWords) -> Copy:
    """Return the copy of the ledger that a workbook contains."""
    kept = _kept(sheets)
    visible = [sheet for sheet in sheets if sheet.name != ORIGINALS]
    found = [(sheet, CopySheet.of(sheet, wording)) for sheet in visible]
    ledgers = tuple(ledger for _, ledger in found if ledger is not None)
    ours = {label_of(name) for _, name in wording.sheets}
    headless = [sheet for sheet, ledger in found if ledger is None and label_of(sheet.name) in ours]
    if not ledgers and not headless:
        headless = visible[:1]
    return Copy(
        unit=_unit_in_title(ledgers, wording) if kept is None else text_of(kept.cell(0, 1)) or None,
        sheets=ledgers,
        originals=None if kept is None else _originals(kept),
        faults=(
            *(BookFault(sheet.name, "", "", "", BookProblem.HEADER_MISSING) for sheet in headless),
            *(fault for ledger in ledgers for fault in ledger.faults(wording)),
        ),
    )


def _kept(sheets: Sequence[Sheet]) -> Sheet | None:
    named = (sheet for sheet in sheets if sheet.name == ORIGINALS)
    return next((sheet for sheet in named if text_of(sheet.cell(0, 0)) == MARK), None)


def _originals(kept: Sheet) -> Mapping[str, tuple[Original, ...]]:
    columns = [text_of(value) for value in kept.rows[1]][2:] if len(kept.rows) > 1 else []
    known = frozenset(column.value for column in Column)
    by_reference: dict[str, tuple[Original, ...]] = defaultdict(tuple)
    for row in kept.rows[2:]:
        reference, part, *texts = (text_of(value) for value in row)
        cells = {
            Column(column): text
            for column, text in zip(columns, texts, strict=False)
            if column in known
        }
        by_reference[reference] += (Original(is_lead=part == Column.LEAD, texts=cells),)
    return dict(by_reference)


def _unit_in_title(ledgers: Sequence[CopySheet], wording: BookWords) -> str | None:
    """Return the unit in the brackets of the title, which is its name on the copy's day."""
    title = re.escape(label_of(wording.title_of_unit))
    for name, group in (("district", ".*"), ("unit", "(.+)")):
        title = title.replace(re.escape(f"{{{name}}}"), group)
    above = (
        label_of(value)
        for ledger in ledgers
        for row in ledger.sheet.rows[: ledger.header]
        for value in row
        if isinstance(value, str)
    )
    found = (re.fullmatch(title, text) for text in above)
    return next((match[1] for match in found if match is not None), None)
