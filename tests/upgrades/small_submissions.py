"""The submissions of six schools and every department for 2024 and 2025, with corrections.

Taken from the sample. One school is renamed, so that the program does not recognise the sample.
"""

import csv
import io
import shutil
from collections.abc import Collection, Mapping
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from junheng.settings import PROJECT_ROOT

SUBMISSIONS = PROJECT_ROOT / "samples"
REGISTER = "学校名录.csv"
CODES = ("3370405001", "3370405005", "3370405012", "3370405026", "3370405028", "3370405051")
SAMPLE_NAME, NEW_NAME = "运河街道第一小学", "运河街道实验小学"
# Cells of 学校填报数据: a form that was sent back is corrected, one school has five multimedia
# classrooms instead of thirteen, another has 60, and one has no rules against bullying.
CORRECTIONS: Mapping[str, Mapping[str, int | str]] = {
    "3370405005": {"E16": 307},
    "3370405026": {"E54": 5},
    "3370405028": {"E54": 60},
    "3370405001": {"E87": "否"},
}


def make_2024(folder: Path) -> None:
    """Write one wide workbook for all schools, and the departments' csv files."""
    _begin(folder, 2024)
    [path] = (SUBMISSIONS / "2024" / "schools").iterdir()
    book = load_workbook(path)
    for sheet, code_column, headings in (("学校数据汇总", 2, 3), ("班级明细", 1, 1)):
        _keep_rows(book[sheet], code_column, headings)
    _rename(book.worksheets)
    book.save(folder / "schools" / path.name)


def make_2025(folder: Path) -> None:
    """Write one workbook for each school and department; one school is missing."""
    _begin(folder, 2025)
    for path in (SUBMISSIONS / "2025" / "schools").iterdir():
        if path.name.startswith(CODES):
            shutil.copy2(path, folder / "schools")
    [renamed] = (folder / "schools").glob(f"{CODES[0]}*")
    book = load_workbook(renamed)
    _rename(book.worksheets)
    renamed.unlink()
    book.save(renamed.with_name(renamed.name.replace(SAMPLE_NAME, NEW_NAME)))


def correct_2025(folder: Path) -> None:
    """Add the corrected forms to the folder."""
    send_again(folder, CORRECTIONS, called="更正")


def send_again(
    folder: Path, corrections: Mapping[str, Mapping[str, int | str]], *, called: str
) -> None:
    """Add a copy of each school's newest form with changed cells; the old forms stay."""
    for code, changed in corrections.items():
        newest = max((folder / "schools").glob(f"{code}_*.xlsx"))
        book = load_workbook(newest)
        for cell, value in changed.items():
            book["学校填报数据"][cell] = value
        book.save(newest.with_stem(f"{newest.stem}（{called}）"))


def _begin(folder: Path, year: int) -> None:
    (folder / "schools").mkdir(parents=True)
    shutil.copytree(SUBMISSIONS / str(year) / "departments", folder / "departments")
    text = (SUBMISSIONS / str(year) / REGISTER).read_text("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    of_code = rows[0].index(next(name for name in rows[0] if "代码" in name or "标识码" in name))
    selected = [rows[0], *(row for row in rows[1:] if row[of_code] in CODES)]
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(selected)
    text = written.getvalue().replace(SAMPLE_NAME, NEW_NAME)
    (folder / REGISTER).write_text(text, "utf-8-sig")


def _keep_rows(sheet: Worksheet, code_column: int, headings: int) -> None:
    for row in range(sheet.max_row, headings, -1):
        if str(sheet.cell(row, code_column).value) not in CODES:
            sheet.delete_rows(row)


def _rename(sheets: Collection[Worksheet]) -> None:
    for sheet in sheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value == SAMPLE_NAME:
                    cell.value = NEW_NAME
