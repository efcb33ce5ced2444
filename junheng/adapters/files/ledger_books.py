"""Writes the ledger as a workbook: reply cells are yellow and unlocked, all others are locked."""

from datetime import date
from math import ceil
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.dimensions import RowDimension
from openpyxl.worksheet.header_footer import HeaderFooterItem
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from junheng.adapters.files import pages
from junheng.domain.typed_text import begins_formula
from junheng.domain.workbook.book import (
    ORIGINALS,
    REPLY_COLUMNS,
    Book,
    BookRow,
    BookSheet,
    Column,
    cells_of,
)
from junheng.wording.ledger.ledger_book import BookWords

TITLE_ROW, NOTE_ROW, HEADER_ROW = 1, 2, 3
COLUMNS = tuple(Column)
# In ASCII characters (a Chinese one counts as two). The sum fits A4 landscape at about 70 %.
WIDTHS = {
    Column.NUMBER: 5,
    Column.PROBLEM: 30,
    Column.INDICATOR: 16,
    Column.LEAD: 12,
    Column.SUPPORTING: 16,
    Column.ACTION: 26,
    Column.DUE_ON: 15,
    Column.PROGRESS: 24,
    Column.EVIDENCE: 24,
    Column.CLOSING: 12,
    Column.REFERENCE: 18,
}
STYLES = {Column.DUE_ON: "ledger_day"} | dict.fromkeys(
    (Column.NUMBER, Column.REFERENCE), "ledger_centred"
)
LINE_POINTS = 15
FEWEST_LINES = 2
MOST_POINTS = 409  # the highest row that spreadsheet programs support
DAY_FORMAT = "yyyy-mm-dd"
# A cell in text format keeps its input: 2026-1-15 does not become a date, nor -已完成 a formula.
TEXT_FORMAT = "@"
_THIN = Side(style="thin", color="FF808080")
_BORDER = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_PLAIN = Font(name="SimSun", size=10.5)
_TEXT = Alignment(vertical="center", wrap_text=True)
_CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
_YELLOW = PatternFill("solid", fgColor="FFFFF9DB")
_GREY = PatternFill("solid", fgColor="FFE7E6E6")


class _GrowingRow(RowDimension):
    """A row with an initial height that still grows with its content: no `customHeight`."""

    __fields__ = tuple(name for name in RowDimension.__fields__ if name != "customHeight")


def write(path: Path, book: Book, wording: BookWords) -> None:
    """Write a copy of the ledger, atomically."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    workbook.properties.creator = workbook.properties.title = book.title
    for style in _styles():
        workbook.add_named_style(style)
    for sheet in book.sheets(wording):
        _fill(workbook.create_sheet(sheet.name), book, sheet, wording)
    _write_originals(workbook.create_sheet(ORIGINALS), book.originals(wording))
    with pages.written_whole(path) as partial:
        workbook.save(partial)


def _styles() -> tuple[NamedStyle, ...]:
    heading = Font(name="SimHei", size=10.5)
    title = NamedStyle("ledger_title", font=Font(name="SimHei", size=16), alignment=_CENTRE)
    note = NamedStyle("ledger_note", font=_PLAIN, alignment=_TEXT)
    named = [
        NamedStyle("ledger_heading", font=heading, alignment=_CENTRE, fill=_GREY),
        NamedStyle("ledger_fixed", font=_PLAIN, alignment=_TEXT),
        NamedStyle("ledger_centred", font=_PLAIN, alignment=_CENTRE),
        NamedStyle("ledger_day", font=_PLAIN, alignment=_CENTRE, number_format=DAY_FORMAT),
        NamedStyle(
            "ledger_reply",
            font=_PLAIN,
            alignment=_TEXT,
            fill=_YELLOW,
            number_format=TEXT_FORMAT,
            protection=Protection(locked=False),
        ),
    ]
    for style in named:
        style.border = _BORDER
    return title, note, *named


def _fill(worksheet: Worksheet, book: Book, sheet: BookSheet, wording: BookWords) -> None:
    _head(worksheet, book, wording)
    for number, row in enumerate(sheet.rows, start=1):
        _put_row(worksheet, number, row, wording)
    _offer_choices(worksheet, sheet, wording)
    _protect(worksheet)
    _set_up_page(worksheet, wording)


def _head(worksheet: Worksheet, book: Book, wording: BookWords) -> None:
    note = book.note(wording)
    for row, text, style in (
        (TITLE_ROW, book.title, "ledger_title"),
        (NOTE_ROW, note, "ledger_note"),
    ):
        worksheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=len(COLUMNS))
        _put(worksheet.cell(row, 1), text, style)
    worksheet.row_dimensions[TITLE_ROW].height = 2 * LINE_POINTS
    # Spreadsheet programs do not fit the row height to a merged cell.
    worksheet.row_dimensions[NOTE_ROW].height = LINE_POINTS * _lines(
        note, wide=sum(WIDTHS.values())
    )
    for place, column in enumerate(COLUMNS, start=1):
        _put(worksheet.cell(HEADER_ROW, place), wording.headings[column], "ledger_heading")
        worksheet.column_dimensions[get_column_letter(place)].width = WIDTHS[column]
    worksheet.row_dimensions[HEADER_ROW].height = 2 * LINE_POINTS


def _put_row(worksheet: Worksheet, number: int, row: BookRow, wording: BookWords) -> None:
    cells = {Column.NUMBER: number, **cells_of(row, wording)}
    row_number = HEADER_ROW + number
    for place, column in enumerate(COLUMNS, start=1):
        is_open = row.may_reply and column in REPLY_COLUMNS
        style = "ledger_reply" if is_open else STYLES.get(column, "ledger_fixed")
        cell = worksheet.cell(row_number, place)
        _put(cell, cells[column], style)
        if column is Column.DUE_ON and row.is_provisional:
            cell.number_format = wording.provisional_format
    lines = max(_lines(str(cells[column] or ""), wide=WIDTHS[column]) for column in COLUMNS)
    height = LINE_POINTS * max(lines, FEWEST_LINES) + LINE_POINTS / 2
    growing_row = _GrowingRow(worksheet, row_number, ht=min(height, MOST_POINTS))
    worksheet.row_dimensions[row_number] = growing_row


def _lines(text: str, *, wide: int) -> int:
    """Return how many lines a text takes in a cell; a Chinese character counts as two."""
    widths = (sum(1 + (not character.isascii()) for character in line) for line in text.split("\n"))
    return sum(max(1, ceil(width / (wide - 1))) for width in widths)


def _put(cell: Cell | MergedCell, value: str | int | date | None, style: str) -> None:
    """Fill in a cell; a text is never interpreted.

    Names come from submitted files: a name that begins like a formula must not become one (formula
    injection).
    """
    cell.style = style
    if value == "" or value is None or isinstance(cell, MergedCell):
        return
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
        cell.quotePrefix = begins_formula(value)


def _offer_choices(worksheet: Worksheet, sheet: BookSheet, wording: BookWords) -> None:
    """Offer the words of 进展 as a drop-down list; other input is allowed."""
    prompt = wording.prompt if sheet.is_lead else wording.supporting_prompt
    choices = DataValidation(
        type="list",
        formula1=f'"{",".join(wording.choices(is_lead=sheet.is_lead))}"',
        allow_blank=True,
        showErrorMessage=False,
        showInputMessage=True,
        promptTitle=prompt.title,
        prompt=prompt.text,
    )
    letter = get_column_letter(COLUMNS.index(Column.PROGRESS) + 1)
    for number, row in enumerate(sheet.rows, start=HEADER_ROW + 1):
        if row.may_reply:
            choices.add(f"{letter}{number}")
    if choices.sqref:
        worksheet.add_data_validation(choices)


def _protect(worksheet: Worksheet) -> None:
    """Protect the locked cells against accidental changes, without a password."""
    last = get_column_letter(len(COLUMNS))
    worksheet.auto_filter.ref = f"A{HEADER_ROW}:{last}{max(worksheet.max_row, HEADER_ROW)}"
    protection = worksheet.protection
    protection.sheet = True
    # False means: not protected, so allowed.
    protection.autoFilter = protection.sort = False
    protection.formatColumns = protection.formatRows = protection.formatCells = False


def _set_up_page(worksheet: Worksheet, wording: BookWords) -> None:
    worksheet.freeze_panes = f"A{HEADER_ROW + 1}"
    worksheet.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"
    worksheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page = worksheet.page_setup
    page.paperSize, page.orientation = worksheet.PAPERSIZE_A4, worksheet.ORIENTATION_LANDSCAPE
    page.fitToWidth, page.fitToHeight = 1, 0
    worksheet.page_margins = PageMargins(left=0.4, right=0.4, top=0.5, bottom=0.6, footer=0.3)
    worksheet.print_options.horizontalCentered = True
    footer = HeaderFooterItem()
    footer.center.text = wording.page.format(page="&P", pages="&N")
    worksheet.oddFooter = footer


def _write_originals(worksheet: Worksheet, originals: tuple[tuple[str, ...], ...]) -> None:
    """Write the original content to a sheet that no menu shows (`veryHidden`)."""
    for number, row in enumerate(originals, start=1):
        for place, text in enumerate(row, start=1):
            _put(worksheet.cell(number, place), text, "Normal")
    worksheet.sheet_state = "veryHidden"
    worksheet.protection.sheet = True
