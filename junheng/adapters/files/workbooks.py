"""Reads untrusted workbooks and csv files: checked first, then parsed in a child process.

A crafted or broken file can crash the process that parses it, so no upload is opened in our own.
"""

import csv
import hashlib
import io
import os
import pickle
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from junheng.adapters.files import xlsx_parts
from junheng.adapters.files.xlsx_parts import DoesNotOpen as DoesNotOpen
from junheng.adapters.files.xlsx_parts import Overlay
from junheng.domain.intake import file_names
from junheng.domain.intake.sheets import CellValue, Obstacle, Sheet

SUFFIXES = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".et", ".csv"})
SECONDS_A_FILE = 120
PACKAGE_ROOT = Path(__file__).resolve().parents[3]
OLE = bytes.fromhex("D0CF11E0A1B11AE1")
ZIP = b"PK\x03\x04"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_BEGINS_AS = {".xls": (OLE,), ".et": (OLE, ZIP)}


@dataclass(frozen=True, slots=True)
class Opened:
    """The result of opening one file: its sheets, or the obstacle.

    `sha256` is of the content that was read: the file may have been saved again since.
    """

    sheets: tuple[Sheet, ...] | None
    obstacle: Obstacle = Obstacle.DAMAGED
    detail: str = ""
    sha256: str = ""


def open_all(paths: Sequence[Path]) -> Iterator[Opened]:
    """Yield the result for each file, in order; for an unreadable file, its obstacle.

    One child process reads all files; if a file crashes it, a new child reads the remaining ones.
    """
    remaining = [path.absolute() for path in paths]
    while remaining:
        with _reader() as child:
            for path in tuple(remaining):
                remaining.pop(0)
                opened = _read_by(child, path)
                yield opened or Opened(None, Obstacle.DEADLY)
                if opened is None:
                    break


@contextmanager
def _reader() -> Iterator["subprocess.Popen[bytes]"]:
    # Not multiprocessing: its child would first import the main module of this process.
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


def _read_by(child: "subprocess.Popen[bytes]", path: Path) -> Opened | None:
    """Let the child read a file; return None if the child died."""
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
    """Run the child process: read each requested path until the parent closes the pipe."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # Output that a library prints must not mix with the answers.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    while True:
        try:
            path = pickle.load(sys.stdin.buffer)  # noqa: S301  (written by our own parent)
        except EOFError:
            return
        pickle.dump(_opened(path), answers)
        answers.flush()


def _opened(path: Path) -> Opened:
    # Timeout: a file that never finishes kills the child, like a file that crashes it.
    signal.alarm(SECONDS_A_FILE)
    try:
        before = _sha256(path)
        opened = _parsed(path)
        # A file that is being saved looks damaged for a moment.
        is_unchanged = _sha256(path) == before
    except OSError as error:
        return Opened(None, obstacle_of_error(error), error.strerror or "")
    finally:
        signal.alarm(0)
    return replace(opened, sha256=before) if is_unchanged else Opened(None, Obstacle.HELD)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _parsed(path: Path) -> Opened:
    try:
        return Opened(tuple(read_sheets(path)))
    except DoesNotOpen as refused:
        return Opened(None, refused.obstacle, refused.detail)


def obstacle_of_error(error: OSError) -> Obstacle:
    """Return the obstacle for an error of the file system."""
    match error:
        case PermissionError():
            return Obstacle.HELD
        case FileNotFoundError():
            return Obstacle.GONE
        case IsADirectoryError() | NotADirectoryError():
            return Obstacle.NOT_A_FILE
        case _:
            return Obstacle.UNREADABLE


def read_sheets(path: Path) -> Iterator[Sheet]:
    """Yield the sheets of one file, parsed in this process.

    Raises:
        DoesNotOpen: the file is not a workbook, is damaged, encrypted, or too large.

    """
    if path.suffix.lower() == ".csv":
        try:
            yield _csv_sheet(path)
        except (csv.Error, UnicodeDecodeError) as error:
            raise DoesNotOpen(Obstacle.DAMAGED, str(error)) from error
        return
    if path.suffix.lower() not in SUFFIXES:
        raise DoesNotOpen(Obstacle.UNKNOWN_SUFFIX, path.suffix)
    overlays = xlsx_parts.overlays(path) if zipfile.is_zipfile(path) else {}
    try:
        yield from _calamine_sheets(path, overlays)
    except (OSError, ValueError, KeyError) as error:
        raise DoesNotOpen(_obstacle_in(path), str(error)) from error


def _obstacle_in(path: Path) -> Obstacle:
    """Return the most likely obstacle of a file that did not open."""
    content = path.read_bytes()
    if not content:
        return Obstacle.EMPTY
    if content.startswith(OLE) and _ENCRYPTED in content:
        return Obstacle.PASSWORD
    if not content.startswith(_BEGINS_AS.get(path.suffix.lower(), (ZIP,))):
        return Obstacle.OTHER_CONTENT
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as package:
            names = package.namelist()
        # A docx renamed to xlsx is a valid package, but not a workbook.
        is_workbook = any(name.startswith("xl/") or name == "content.xml" for name in names)
        return Obstacle.DAMAGED if is_workbook else Obstacle.OTHER_CONTENT
    return Obstacle.DAMAGED


def decoded(content: bytes) -> str:
    """Return the text of a csv file: UTF-16 if it has a BOM, else UTF-8, else GB18030."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            return content.decode("gb18030")
        except UnicodeDecodeError as error:
            raise DoesNotOpen(Obstacle.UNKNOWN_ENCODING) from error


def _csv_sheet(path: Path) -> Sheet:
    content = path.read_bytes()
    if content.startswith((ZIP, OLE)):
        raise DoesNotOpen(Obstacle.OTHER_CONTENT)
    text = decoded(content)
    delimiter = "\t" if "\t" in text.partition("\n")[0] else ","
    rows = tuple(
        tuple(value or None for value in row)
        for row in csv.reader(io.StringIO(text), delimiter=delimiter)
    )
    return Sheet(name=file_names.readable(path.stem).rpartition("_")[2], rows=rows)


def _calamine_sheets(path: Path, overlays: Mapping[str, Overlay]) -> Iterator[Sheet]:
    # Imported here: only the child process spends the time, and only the child can crash in it.
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        with CalamineWorkbook.from_path(path) as workbook:
            for name in workbook.sheet_names:
                grid = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
                yield Sheet(name, _rows(grid, overlays.get(name, {})))
    except PasswordError as error:
        raise DoesNotOpen(Obstacle.PASSWORD) from error
    except CalamineError as error:
        raise DoesNotOpen(_obstacle_in(path), str(error)) from error


def _rows(grid: list[list[Any]], overlay: Overlay) -> tuple[tuple[CellValue, ...], ...]:
    """Return calamine's grid with the overlay's cells, extended if an overlay cell is outside."""
    height = max([len(grid), *(row + 1 for row, _ in overlay)])
    width = max([*(len(row) for row in grid), *(column + 1 for _, column in overlay)], default=0)
    return tuple(
        tuple(_cell(grid, overlay, row, column) for column in range(width)) for row in range(height)
    )


def _cell(grid: list[list[Any]], overlay: Overlay, row: int, column: int) -> CellValue:
    if (row, column) in overlay:
        return overlay[row, column]
    if row >= len(grid) or column >= len(grid[row]) or grid[row][column] == "":
        return None
    value: CellValue = grid[row][column]
    return value
