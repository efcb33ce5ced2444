"""Cells that calamine misses in an xlsx: errors, uncalculated formulas, percentages."""

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook

from junheng.adapters.files import workbooks
from junheng.domain.intake.sheets import BrokenCell, CellValue, Sheet

Changed = Callable[[str], str]


def saved(path: Path, formats: dict[str, str] | None = None, **cells: str | float) -> Path:
    """Save a workbook of one sheet with some cells filled in, some in a format."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for address, value in cells.items():
        sheet[address] = value
    for address, number_format in (formats or {}).items():
        sheet[address].number_format = number_format
    book.save(path)
    return path


def with_part(path: Path, part: str, change: Changed) -> Path:
    """Rewrite one part of a package as another program would write it."""
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    assert change(parts[part].decode()) != parts[part].decode()
    parts[part] = change(parts[part].decode()).encode()
    with zipfile.ZipFile(path, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return path


def only(path: Path) -> Sheet:
    (sheet,) = workbooks.read_sheets(path)
    return sheet


@pytest.mark.parametrize(
    ("stored", "number_format", "displayed"),
    [
        (0.85, "0%", "85%"),
        (0.57, "0%", "57%"),
        (0.9205, "0.00%", "92.05%"),
        (1, "0%", "100%"),
        (-0.015, "0.0%;[Red]-0.0%", "-1.5%"),
        (0, "0%", "0%"),
        (85, '0"%"', 85),
        (85.5, "0.00", 85.5),
    ],
)
def test_a_percentage_is_read_as_displayed(
    tmp_path: Path, stored: float, number_format: str, displayed: CellValue
) -> None:
    path = saved(tmp_path / "a.xlsx", {"A1": number_format}, A1=stored, B1=0.5)

    sheet = only(path)

    assert sheet.cell(0, 0) == displayed
    assert sheet.cell(0, 1) == 0.5


def test_damaged_styles_are_ignored(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xlsx", A1="=B1+B2", B1=1)
    with_part(path, "xl/styles.xml", lambda text: re.sub(r"(<fills[^>]*>)", r"\1<fill/>", text))

    assert only(path).cell(0, 0) == BrokenCell("=B1+B2")


def test_a_calculated_formula_is_its_value_and_an_empty_text_is_blank(
    tmp_path: Path,
) -> None:
    path = saved(tmp_path / "a.xlsx", A1="=B1+1", A2='=IF(B1>0,"","无")', B1=1)
    with_part(
        path,
        "xl/worksheets/sheet1.xml",
        lambda text: (
            text.replace('r="A2"', 'r="A2" t="str"')
            .replace("B1+1</f><v />", "B1+1</f><v>2</v>")
            .replace("B1+1</f><v/>", "B1+1</f><v>2</v>")
        ),
    )

    sheet = only(path)

    assert sheet.cell(0, 0) == 2
    assert sheet.cell(1, 0) is None


def test_cells_without_an_address_follow_the_previous_cell(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xlsx", A1=1, B1="#DIV/0!", A5=1, B5="#REF!")
    with_part(
        path,
        "xl/worksheets/sheet1.xml",
        lambda text: text.replace(' r="B1"', "").replace(' r="A5"', "").replace(' r="B5"', ""),
    )

    sheet = only(path)

    assert sheet.cell(0, 1) == BrokenCell("#DIV/0!")
    assert sheet.cell(4, 1) == BrokenCell("#REF!")


def test_a_damaged_sheet_with_formulas_is_refused(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xlsx", A1="=B1", B1=1)
    with_part(path, "xl/worksheets/sheet1.xml", lambda text: text.replace("</sheetData>", ""))

    with pytest.raises(workbooks.DoesNotOpen):
        only(path)
