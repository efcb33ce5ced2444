"""What arrived in a folder: reports, copies of the ledger, and the evidence beside those."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from junheng import bootstrap
from junheng.adapters import workbooks
from junheng.adapters.workbooks import Opened
from junheng.domain.ledger_book import BookWords
from tasks import ledger_copies
from tasks.ledger_copies import ReceivedCopy
from tasks.progress import Progress, followed, unseen

OPENED_BESIDE = ("~$", ".~")
_NOT_SENT_IN = frozenset({"thumbs.db", "desktop.ini"})


class FolderUnusable(Exception):
    """We cannot collect a folder, because it is not one, or lacks what a year's folder has."""


class FileHeld(Exception):
    """We cannot read what was sent in, because another program has it open."""


class Room(StrEnum):
    """The folder, in a year's folder, that a file was laid in."""

    SCHOOLS = "schools"
    DEPARTMENTS = "departments"
    LEDGERS = "ledgers"


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file as it came in: where, its hash, and when it was last changed."""

    path: Path
    name: str
    sha256: str
    modified_at: float
    room: Room

    @property
    def is_school(self) -> bool:
        return self.room is Room.SCHOOLS


@dataclass(frozen=True, slots=True)
class Sorted:
    """What was sent in, apart: reports with what is in them, copies of the ledger, and neither.

    What is neither has with it what came of opening it, if it looked like a workbook.
    """

    reports: tuple[tuple[ReceivedFile, Opened], ...]
    copies: tuple[tuple[ReceivedFile, ReceivedCopy], ...]
    unplaced: tuple[tuple[ReceivedFile, Opened | None], ...]


def sort_out(files: Sequence[ReceivedFile], words: BookWords, show: Progress = unseen) -> Sorted:
    """Tell reports from copies of the ledger, and from the evidence that lies beside a copy."""
    read = [file for file in files if file.room is not Room.LEDGERS or _is_workbook(file.path)]
    contents = workbooks.open_all([file.path for file in read])
    opened = tuple(zip(read, followed(contents, len(read), show), strict=True))
    copies = tuple(
        (file, ReceivedCopy(file.path, file.name, file.sha256, content.sheets))
        for file, content in opened
        if not file.is_school
        and content.sheets is not None
        and ledger_copies.is_copy(content.sheets, words)
    )
    taken = {file.path for file, _ in copies}
    for _, copy in copies:
        taken |= ledger_copies.documents_named(copy, words)
    by_path = {file.path: content for file, content in opened}
    return Sorted(
        tuple(
            (file, content)
            for file, content in opened
            if file.path not in taken and file.room is not Room.LEDGERS
        ),
        copies,
        tuple(
            (file, by_path.get(file.path))
            for file in files
            if file.path not in taken and file.room is Room.LEDGERS
        ),
    )


def _is_workbook(path: Path) -> bool:
    return path.suffix.lower() in workbooks.SUFFIXES


def received(folder: Path) -> tuple[ReceivedFile, ...]:
    if not folder.is_dir():
        raise FolderUnusable(f"没有这个文件夹：{folder}")
    rooms = [(folder / room.value, room) for room in Room]
    if not any(place.is_dir() for place, _ in rooms):
        raise FolderUnusable(
            f"{folder} 中没有 schools（学校）、departments（部门）或 ledgers（台账）文件夹"
        )
    return tuple(
        ReceivedFile(
            path,
            path.relative_to(place).as_posix(),
            hashlib.sha256(content(path)).hexdigest(),
            path.stat().st_mtime,
            room,
        )
        for place, room in rooms
        for path in sorted(place.rglob("*"))
        if path.is_file() and _is_sent_in(path.name)
    )


def content(path: Path) -> bytes:
    """Return what is in a file; raises FileHeld where another program keeps it from being read.

    A file that is just being saved may also be gone for a moment.
    """
    try:
        return path.read_bytes()
    except (PermissionError, FileNotFoundError) as error:
        says = bootstrap.rulebook().wording["runs"]
        raise FileHeld(says["held"].format(file=path)) from error


def being_edited(folder: Path) -> tuple[str, ...]:
    """Return the files that Excel or WPS has open, by the mark that either lays beside them."""
    edited = (
        mark.with_name(mark.name.removeprefix(beginning))
        for beginning in OPENED_BESIDE
        for mark in sorted(folder.rglob(f"{beginning}*"))
    )
    return tuple(path.relative_to(folder).as_posix() for path in edited if path.is_file())


def _is_sent_in(name: str) -> bool:
    """Leave out what Excel, WPS and the system put beside the files of people."""
    return not name.startswith(("~$", ".")) and name.lower() not in _NOT_SENT_IN
