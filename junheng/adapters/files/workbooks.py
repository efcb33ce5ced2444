"""Opens workbooks and csv files that strangers sent: checked first, and read in a child process.

A crafted or broken file can end the process that reads it, so no upload is opened in ours.
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
    """What came of opening one file: its sheets, or what stood in the way of them.

    `sha256` is of the content that was read: the file may have been saved again in between.
    """

    sheets: tuple[Sheet, ...] | None
    obstacle: Obstacle = Obstacle.DAMAGED
    detail: str = ""
    sha256: str = ""


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
                yield opened or Opened(None, Obstacle.DEADLY)
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
        before = _sha256(path)
        opened = _parsed(path)
        # What is being saved looks damaged for a moment.
        is_steady = _sha256(path) == before
    except OSError as error:
        return Opened(None, unread(error), error.strerror or "")
    finally:
        signal.alarm(0)
    return replace(opened, sha256=before) if is_steady else Opened(None, Obstacle.HELD)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _parsed(path: Path) -> Opened:
    try:
        return Opened(tuple(read_sheets(path)))
    except DoesNotOpen as refused:
        return Opened(None, refused.obstacle, refused.detail)


def unread(error: OSError) -> Obstacle:
    """Return what keeps a file from being read at all."""
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
    """Yield the sheets of one file, in this process.

    Raises:
        DoesNotOpen: the file is no workbook, damaged, encrypted, or too large.

    """
    if path.suffix.lower() == ".csv":
        try:
            yield _csv_sheet(path)
        except (csv.Error, UnicodeDecodeError) as error:
            raise DoesNotOpen(Obstacle.DAMAGED, str(error)) from error
        return
    if path.suffix.lower() not in SUFFIXES:
        raise DoesNotOpen(Obstacle.UNKNOWN_SUFFIX, path.suffix)
    beside = xlsx_parts.beside_the_reader(path) if zipfile.is_zipfile(path) else {}
    try:
        yield from _calamine_sheets(path, beside)
    except (OSError, ValueError, KeyError) as error:
        raise DoesNotOpen(_obstacle(path), str(error)) from error


def _obstacle(path: Path) -> Obstacle:
    """Return what most likely keeps a file shut: asked only once it did not open."""
    content = path.read_bytes()
    if not content:
        return Obstacle.EMPTY
    if content.startswith(OLE) and _ENCRYPTED in content:
        return Obstacle.PASSWORD
    if not content.startswith(_BEGINS_AS.get(path.suffix.lower(), (ZIP,))):
        return Obstacle.OTHER_CONTENT
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as package:
            inside = package.namelist()
        # A letter renamed to xlsx is a sound package, and no workbook.
        is_workbook = any(name.startswith("xl/") or name == "content.xml" for name in inside)
        return Obstacle.DAMAGED if is_workbook else Obstacle.OTHER_CONTENT
    return Obstacle.DAMAGED


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


def _calamine_sheets(path: Path, beside: Mapping[str, Overlay]) -> Iterator[Sheet]:
    # Imported here: only the child process pays for it, and only it can be brought down by it.
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        with CalamineWorkbook.from_path(path) as workbook:
            for name in workbook.sheet_names:
                grid = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
                yield Sheet(name, _rows(grid, beside.get(name, {})))
    except PasswordError as error:
        raise DoesNotOpen(Obstacle.PASSWORD) from error
    except CalamineError as error:
        raise DoesNotOpen(_obstacle(path), str(error)) from error


def _rows(grid: list[list[Any]], beside: Overlay) -> tuple[tuple[CellValue, ...], ...]:
    """Return the grid with what stands beside it, also beyond what the reader thought filled."""
    deep = max([len(grid), *(row + 1 for row, _ in beside)])
    wide = max([*(len(row) for row in grid), *(column + 1 for _, column in beside)], default=0)
    return tuple(
        tuple(_cell(grid, beside, row, column) for column in range(wide)) for row in range(deep)
    )


def _cell(grid: list[list[Any]], beside: Overlay, row: int, column: int) -> CellValue:
    if (row, column) in beside:
        return beside[row, column]
    if row >= len(grid) or column >= len(grid[row]) or grid[row][column] == "":
        return None
    value: CellValue = grid[row][column]
    return value
