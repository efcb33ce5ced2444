"""Opens workbooks and csv files that strangers sent: checked first, and read in a child process.

A crafted or broken file can end the process that reads it, so no upload is opened in ours.
"""

import csv
import io
import os
import pickle
import re
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from junheng.domain.sheets import BrokenCell, CellValue, Sheet

SUFFIXES = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".et", ".csv"})
MOST_CELLS = 4_000_000
MOST_UNPACKED_BYTES = 400_000_000
SECONDS_A_FILE = 120
PACKAGE_ROOT = Path(__file__).resolve().parents[2]


class DoesNotOpen(Exception):
    """We cannot read a file, because it is damaged, locked, too large or no workbook at all."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What came of opening one file: its sheets, or None with the reason for the operator."""

    sheets: tuple[Sheet, ...] | None
    reason: str = ""


def open_all(paths: Sequence[Path]) -> Iterator[Opened]:
    """Yield what is in each file, in order; a file that does not open yields its reason.

    One child reads them all; a file that ends it costs itself only, and a new child goes on.
    """
    waiting = [path.absolute() for path in paths]
    while waiting:
        with _reader() as child:
            for path in tuple(waiting):
                waiting.pop(0)
                opened = _asked(child, path)
                yield opened or Opened(None, "文件内容使读取程序中断")
                if opened is None:
                    break


@contextmanager
def _reader() -> Iterator["subprocess.Popen[bytes]"]:
    # Not multiprocessing: its child would first load whatever program we happen to run in.
    child = subprocess.Popen(  # noqa: S603  (our own interpreter and module)
        [sys.executable, "-c", f"from {__name__} import serve; serve()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=PACKAGE_ROOT,
    )
    try:
        yield child
    finally:
        child.kill()
        child.communicate()


def _asked(child: "subprocess.Popen[bytes]", path: Path) -> Opened | None:
    """Return what the child read, None where it did not live to say."""
    if child.stdin is None or child.stdout is None:
        raise ValueError("the reader was started without its pipes")
    try:
        pickle.dump(path, child.stdin)
        child.stdin.flush()
        opened: Opened = pickle.load(child.stdout)  # noqa: S301  (written by our own child)
    except (EOFError, OSError, pickle.UnpicklingError):
        return None
    return opened


def serve() -> None:
    """Be the child: read each path asked for, until there is nobody left to ask."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # Whatever a library prints must not mix with the answers.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    while True:
        try:
            path = pickle.load(sys.stdin.buffer)  # noqa: S301  (written by our own parent)
        except EOFError:
            return
        pickle.dump(_opened(path), answers)
        answers.flush()


def _opened(path: Path) -> Opened:
    # A file that keeps the reader busy for ever ends the child like any other deadly file.
    signal.alarm(SECONDS_A_FILE)
    try:
        return Opened(tuple(read_sheets(path)))
    except DoesNotOpen as refused:
        return Opened(None, str(refused))
    finally:
        signal.alarm(0)


def read_sheets(path: Path) -> Iterator[Sheet]:
    """Yield the sheets of one file, in this process.

    Raises:
        DoesNotOpen: the file is no workbook, damaged, encrypted, or too large.

    """
    if path.suffix.lower() == ".csv":
        yield _csv_sheet(path)
        return
    if path.suffix.lower() not in SUFFIXES:
        raise DoesNotOpen(f"不支持的文件类型 {path.suffix}")
    special = _checked_package(path) if zipfile.is_zipfile(path) else False
    try:
        yield from _calamine_sheets(path, broken=_broken_cells(path) if special else {})
    except (OSError, ValueError, KeyError) as error:
        raise DoesNotOpen(str(error)) from error


def decoded(content: bytes) -> str:
    """Return the text of a csv file: UTF-8 or UTF-16 where it says so, else GB18030."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            return content.decode("gb18030")
        except UnicodeDecodeError as error:
            raise DoesNotOpen("文字编码既不是 UTF-8 也不是 GB18030") from error


def _csv_sheet(path: Path) -> Sheet:
    text = decoded(path.read_bytes())
    delimiter = "\t" if "\t" in text.partition("\n")[0] else ","
    rows = tuple(
        tuple(value or None for value in row)
        for row in csv.reader(io.StringIO(text), delimiter=delimiter)
    )
    return Sheet(name=path.stem.rpartition("_")[2], rows=rows)


_DIMENSION = re.compile(rb'<dimension ref="[A-Z]+\d+:([A-Z]+)(\d+)"')
_SPECIAL = re.compile(rb'<c [^>]*t="e"|<f[ >/]')


def _checked_package(path: Path) -> bool:
    """Refuse a package that unpacks too large; tell whether it has errors or formulas."""
    has_special = False
    try:
        with zipfile.ZipFile(path) as package:
            if sum(entry.file_size for entry in package.infolist()) > MOST_UNPACKED_BYTES:
                raise DoesNotOpen("文件解压后过大")
            for entry in package.infolist():
                if re.fullmatch(r"xl/worksheets/[^/]+\.xml", entry.filename):
                    content = package.read(entry)
                    has_special = bool(_SPECIAL.search(content)) or has_special
                    _check_extent(content)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        raise DoesNotOpen(str(error)) from error
    return has_special


# One stray value in the last cell, XFD1048576, makes a reader allocate the whole grid.
_CELL = re.compile(rb'<c r="([A-Z]+)(\d+)"')


def _check_extent(content: bytes) -> None:
    widest = deepest = 1
    for letters, digits in (*_DIMENSION.findall(content), *_CELL.findall(content)):
        width = 0
        for letter in letters:
            width = width * 26 + letter - ord("A") + 1
        widest, deepest = max(widest, width), max(deepest, int(digits))
    if widest * deepest > MOST_CELLS:
        raise DoesNotOpen(
            f"工作表范围异常（{deepest}行×{widest}列），请删除远处的空白单元格后重新保存",
        )


def _calamine_sheets(
    path: Path,
    *,
    broken: dict[str, dict[tuple[int, int], str]],
) -> Iterator[Sheet]:
    # Imported here: only the child process pays for it, and only it can be brought down by it.
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        with CalamineWorkbook.from_path(path) as workbook:
            for name in workbook.sheet_names:
                grid = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
                yield Sheet(name, _rows(grid, broken.get(name, {})))
    except CalamineError as error:
        raise DoesNotOpen(str(error)) from error


def _rows(
    grid: list[list[Any]], broken: dict[tuple[int, int], str]
) -> tuple[tuple[CellValue, ...], ...]:
    """Return the grid with its broken cells, also those beyond what the reader thought filled."""
    deep = max([len(grid), *(row + 1 for row, _ in broken)])
    wide = max([*(len(row) for row in grid), *(column + 1 for _, column in broken)], default=0)
    return tuple(
        tuple(_cell(grid, broken, row, column) for column in range(wide)) for row in range(deep)
    )


def _cell(
    grid: list[list[Any]], broken: dict[tuple[int, int], str], row: int, column: int
) -> CellValue:
    if (row, column) in broken:
        return BrokenCell(broken[row, column])
    if row >= len(grid) or column >= len(grid[row]) or grid[row][column] == "":
        return None
    value: CellValue = grid[row][column]
    return value


def _broken_cells(path: Path) -> dict[str, dict[tuple[int, int], str]]:
    """Return, by sheet, the cells that show an error or a formula nobody calculated."""
    from openpyxl import load_workbook

    shown = load_workbook(path, data_only=True)
    written = load_workbook(path)
    broken: dict[str, dict[tuple[int, int], str]] = {}
    for sheet in written.worksheets:
        for at_row, row in enumerate(sheet.iter_rows()):
            for at_column, cell in enumerate(row):
                value = shown[sheet.title][cell.coordinate].value
                is_error = isinstance(value, str) and value.startswith("#")
                if cell.data_type == "e" or (cell.data_type == "f" and (value is None or is_error)):
                    text = str(value if is_error else cell.value)
                    broken.setdefault(sheet.title, {})[at_row, at_column] = text
    return broken
