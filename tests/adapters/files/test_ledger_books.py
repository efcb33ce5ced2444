"""The ledger as a workbook: its content, its reply cells, and its locked cells."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from junheng.adapters.files import ledger_books, pages
from junheng.domain.workbook.book import Book, Claimed, Column
from junheng.rulebook import Rulebook
from junheng.wording.ledger.ledger_book import BookWords
from tests.domain.workbook.one_ledger import LED, SUPPORTED, TITLE, copy_of, led


@pytest.fixture(scope="module")
def wording(rulebook: Rulebook) -> BookWords:
    return rulebook.wording.ledger_book


def written(tmp_path: Path, book: Book, wording: BookWords) -> Workbook:
    path = tmp_path / "整改台账.xlsx"
    ledger_books.write(path, book, wording)
    return load_workbook(path)


def first(workbook: Workbook) -> Worksheet:
    return workbook.worksheets[0]


class TestSheet:
    @pytest.fixture
    def sheet(self, tmp_path: Path, wording: BookWords) -> Worksheet:
        closed = led(2, may_reply=False, progress="已销号", closing="2025-12-20 确有差距")
        return first(written(tmp_path, copy_of(LED, closed, SUPPORTED), wording))

    def test_has_title_note_header_and_a_row_for_each_remediation(self, sheet: Worksheet) -> None:
        columns: list[list[Any]] = [[cell.value for cell in row] for row in sheet["A1:A5"]]

        assert [value for (value,) in columns][::2] == [TITLE, "序号", 2]
        assert [cell.value for cell in sheet["A4:K4"][0]] == [
            1,
            LED.problem,
            LED.indicator,
            "区财政局",
            "区教育局、马兰屯镇",
            None,
            datetime(2026, 1, 15),  # noqa: DTZ001  (a day, as openpyxl reads it)
            "已交办",
            None,
            None,
            "370405-2025-0001",
        ]

    def test_a_provisional_date_has_a_provisional_format_and_stays_a_date(
        self, tmp_path: Path, wording: BookWords
    ) -> None:
        moving = led(3, is_provisional=True)
        sheet = first(written(tmp_path, copy_of(LED, moving), wording))

        settled, provisional = sheet["G4"], sheet["G5"]

        assert settled.value == provisional.value
        assert settled.number_format == "yyyy-mm-dd"
        assert provisional.number_format == 'yyyy-mm-dd"暂定"'

    def test_opens_the_reply_cells_only_and_locks_the_rest_without_a_password(
        self, sheet: Worksheet
    ) -> None:
        unlocked = [cell.coordinate for cell in sheet[4] if not cell.protection.locked]

        assert unlocked == ["F4", "H4", "I4"]
        assert sheet["F4"].fill.fgColor.rgb == "FFFFF9DB"
        assert sheet.protection.sheet
        assert sheet.protection.password is None

    def test_locks_all_cells_of_a_row_without_replies(self, sheet: Worksheet) -> None:
        assert all(cell.protection.locked for cell in sheet[5])

    def test_allows_sorting_and_filtering(self, sheet: Worksheet) -> None:
        assert sheet.auto_filter.ref == f"A3:{get_column_letter(len(Column))}5"
        assert not sheet.protection.sort
        assert not sheet.protection.autoFilter

    def test_dates_have_a_date_format_and_replies_a_text_format(self, sheet: Worksheet) -> None:
        assert sheet["G4"].number_format == "yyyy-mm-dd"
        assert sheet["H4"].number_format == "@"

    def test_prints_on_a4_landscape_with_the_header_on_every_page(self, sheet: Worksheet) -> None:
        page = sheet.page_setup

        assert (page.paperSize, page.orientation) == (9, "landscape")
        assert (page.fitToWidth, page.fitToHeight) == (1, 0)
        assert sheet.print_title_rows == "$3:$3"
        assert sheet.freeze_panes == "A4"

    def test_offers_the_words_of_progress_and_allows_other_input(self, sheet: Worksheet) -> None:
        (choices,) = sheet.data_validations.dataValidation

        assert str(choices.sqref) == "H4"
        assert choices.formula1 == '"已签收,整改中,已完成,不属本单位,申请延期至"'
        assert not choices.showErrorMessage

    def test_offers_a_supporting_unit_only_its_own_words_of_progress(
        self, tmp_path: Path, wording: BookWords
    ) -> None:
        book = written(tmp_path, copy_of(LED, SUPPORTED), wording)

        (choices,) = book["配合事项"].data_validations.dataValidation

        assert choices.formula1 == '"已签收,整改中,已完成"'
        assert "请商牵头单位提出" in str(choices.prompt)

    def test_a_row_with_a_long_text_is_higher(self, tmp_path: Path, wording: BookWords) -> None:
        long = replace(LED, problem="校舍面积不足" * 20)

        sheet = first(written(tmp_path, copy_of(LED, long), wording))

        assert sheet.row_dimensions[5].height > sheet.row_dimensions[4].height


def test_the_originals_are_on_a_very_hidden_sheet(tmp_path: Path, wording: BookWords) -> None:
    workbook = written(tmp_path, copy_of(LED), wording)

    assert workbook.sheetnames == ["牵头事项", "_原件"]
    assert workbook["_原件"].sheet_state == "veryHidden"
    assert workbook.active is first(workbook)


@pytest.mark.parametrize(
    "begins", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x")', "#N/A"]
)
def test_a_name_that_looks_like_a_formula_is_written_as_text(
    tmp_path: Path, wording: BookWords, begins: str
) -> None:
    row = replace(
        LED,
        problem=begins,
        lead=begins,
        action=begins,
        evidence=(Claimed(None, begins),),
        reference=begins,
    )

    workbook = written(tmp_path, replace(copy_of(row), title=begins), wording)

    kinds = {cell.data_type for sheet in workbook for line in sheet for cell in line}
    assert kinds <= {"s", "n", "d"}
    assert first(workbook)["B4"].value == begins
    assert first(workbook)["B4"].quotePrefix == (not begins.startswith("#"))


def test_a_district_without_remediations_has_only_a_header(
    tmp_path: Path, wording: BookWords
) -> None:
    sheet = first(written(tmp_path, copy_of(unit=None), wording))

    assert sheet.title == "整改台账"
    assert sheet.max_row == 3


def test_a_copy_is_written_atomically(
    tmp_path: Path, wording: BookWords, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "整改台账.xlsx"
    ledger_books.write(path, copy_of(LED), wording)
    before = path.read_bytes()

    def full(self: Workbook, filename: Path) -> None:
        filename.write_bytes(b"PK")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Workbook, "save", full)
    with pytest.raises(pages.NotWritten, match=r"^磁盘已满，写不下 .*整改台账\.xlsx；请腾出空间"):
        ledger_books.write(path, copy_of(), wording)

    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
