"""The files in a year's folder: reports, copies of the ledger, and the evidence with them."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath

from junheng import bootstrap, wording
from junheng.adapters.files import workbooks
from junheng.adapters.files.workbooks import Opened
from junheng.domain.intake import file_names
from junheng.domain.intake.sheets import Obstacle
from junheng.refusals import Refusal, Transient
from junheng.wording.ledger.ledger_book import BookWords
from tasks.progress import Progress, followed, unseen
from tasks.workbook import copies as ledger_copies
from tasks.workbook.copies import ReceivedCopy

LOCK_FILE_PREFIXES = ("~$", ".~")
_NOT_SENT_IN = frozenset({"thumbs.db", "desktop.ini"})


class FolderUnusable(Refusal):
    """We cannot collect a folder, because it does not exist or is not a year's folder."""


class FileHeld(Transient):
    """We cannot read a file, because another program has it open."""


class FolderShut(FileHeld):
    """We cannot list a folder, because permissions are missing or its share is gone."""


class Room(StrEnum):
    """The subfolder of a year's folder that a file is in."""

    SCHOOLS = "schools"
    DEPARTMENTS = "departments"
    LEDGERS = "ledgers"


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A received file: its path, its hash, and the time of its last change (`st_mtime`)."""

    path: Path
    name: str
    sha256: str
    modified_at: float
    room: Room

    @property
    def is_school(self) -> bool:
        return self.room is Room.SCHOOLS

    @property
    def stem(self) -> str:
        return PurePosixPath(self.name).stem


@dataclass(frozen=True, slots=True)
class UnreadFile:
    """A file that could not be read: its content is unknown and may be valid.

    `room` is None for the register, which is directly in the year's folder.
    """

    path: Path
    name: str
    room: Room | None
    obstacle: Obstacle
    detail: str = ""

    @property
    def stem(self) -> str:
        return PurePosixPath(self.name).stem

    @property
    def place(self) -> str:
        """Return the path relative to the year's folder."""
        return self.name if self.room is None else f"{self.room.value}/{self.name}"


@dataclass(frozen=True, slots=True)
class Arrived:
    """All files in a year's folder: the received ones, and those that could not be read."""

    files: tuple[ReceivedFile, ...]
    unread: tuple[UnreadFile, ...]


@dataclass(frozen=True, slots=True)
class Sorted:
    """Received files by type: reports with their content, copies of the ledger, and others.

    `unplaced` are the others, with the result of opening if the file has a workbook's suffix.
    """

    reports: tuple[tuple[ReceivedFile, Opened], ...]
    copies: tuple[tuple[ReceivedFile, ReceivedCopy], ...]
    unplaced: tuple[tuple[ReceivedFile, Opened | None], ...]
    unread: tuple[UnreadFile, ...]

    @property
    def is_ledgers_only(self) -> bool:
        """Return whether there are copies of the ledger, and no file that could be a report."""
        has_reports = bool(self.reports) or any(
            file.room is not Room.LEDGERS for file in self.unread
        )
        return bool(self.copies or self.unplaced or self.unread) and not has_reports

    def without(self, lost: Iterable[UnreadFile]) -> "Sorted":
        """Return a copy in which some files have become unread."""
        unread = (*self.unread, *lost)
        gone = {file.path for file in unread}
        return Sorted(
            tuple(pair for pair in self.reports if pair[0].path not in gone),
            tuple(pair for pair in self.copies if pair[0].path not in gone),
            tuple(pair for pair in self.unplaced if pair[0].path not in gone),
            unread,
        )


def sort_out(arrived: Arrived, wording: BookWords, show: Progress = unseen) -> Sorted:
    """Separate reports, copies of the ledger, and the evidence that the copies name."""
    files = arrived.files
    read = [file for file in files if file.room is not Room.LEDGERS or _is_workbook(file.path)]
    contents = workbooks.open_all([file.path for file in read])
    opened = tuple(zip(read, followed(contents, len(read), show), strict=True))
    copies = tuple(
        (file, ReceivedCopy(file.path, file.name, file.sha256, content.sheets))
        for file, content in opened
        if not file.is_school
        and content.sheets is not None
        and ledger_copies.is_copy(content.sheets, wording)
    )
    taken = {file.path for file, _ in copies}
    for _, copy in copies:
        taken |= ledger_copies.documents_named(copy, wording)
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
        arrived.unread,
    ).without(_lost_meanwhile(opened))


def _lost_meanwhile(opened: Iterable[tuple[ReceivedFile, Opened]]) -> Iterator[UnreadFile]:
    """Yield the files that could not be read, or were saved again while they were read."""
    for file, content in opened:
        if content.obstacle.is_unread:
            yield unread(file, content.obstacle, content.detail)
        elif content.sha256 not in {"", file.sha256}:
            yield unread(file, Obstacle.HELD)


def unread(file: ReceivedFile, obstacle: Obstacle, detail: str = "") -> UnreadFile:
    """Convert a received file into an unread one."""
    return UnreadFile(file.path, file.name, file.room, obstacle, detail)


def _is_workbook(path: Path) -> bool:
    return path.suffix.lower() in workbooks.SUFFIXES


def received(folder: Path) -> Arrived:
    """Return all files in the rooms of a year's folder; unreadable files are returned as such.

    Raises:
        FolderUnusable: the folder does not exist or has none of the rooms.
        FolderShut: the folder or one of its rooms cannot be listed.

    """
    with listing(folder):
        rooms = _rooms(folder)
    found = [file for place, room in rooms for file in _in_room(place, room)]
    return Arrived(
        tuple(file for file in found if isinstance(file, ReceivedFile)),
        tuple(file for file in found if isinstance(file, UnreadFile)),
    )


def _rooms(folder: Path) -> tuple[tuple[Path, Room], ...]:
    if not folder.is_dir():
        raise FolderUnusable(wording.packaged().arrivals.not_there.format(folder=folder))
    # Unlike glob, which returns nothing for a folder without permission, iterdir raises.
    next(folder.iterdir(), None)
    rooms = tuple((folder / room.value, room) for room in Room)
    for place, _ in rooms:
        if place.is_symlink():
            raise FolderUnusable(wording.packaged().arrivals.link.format(folder=place))
    existing = tuple((place, room) for place, room in rooms if place.is_dir())
    if not existing:
        raise FolderUnusable(wording.packaged().arrivals.without_rooms.format(folder=folder))
    return existing


def _in_room(place: Path, room: Room) -> Iterator[ReceivedFile | UnreadFile]:
    shut: list[OSError] = []
    # Unlike glob, os.walk reports the folders that it cannot list.
    walked = tuple(os.walk(place, onerror=shut.append))
    for error in shut:
        where = Path(error.filename)
        if where == place:
            raise shut_folder(place) from error
        name = file_names.readable(where.relative_to(place).as_posix())
        yield UnreadFile(
            where, name, room, workbooks.obstacle_of_error(error), error.strerror or ""
        )
    paths = (Path(parent, name) for parent, folders, files in walked for name in (*folders, *files))
    for path in sorted(paths):
        if _is_sent_in(path.name) and (file := _received(path, place, room)) is not None:
            yield file


def _received(path: Path, place: Path, room: Room) -> ReceivedFile | UnreadFile | None:
    """Return the file at a path; None for a folder, and for a link that is not a report."""
    name = file_names.readable(path.relative_to(place).as_posix())
    # A link may lead to any file that our account can read: it is never followed.
    if path.is_symlink():
        return UnreadFile(path, name, room, Obstacle.NOT_A_FILE)
    try:
        if path.is_file():
            sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
            return ReceivedFile(path, name, sha256, path.stat().st_mtime, room)
    except OSError as error:
        return UnreadFile(
            path, name, room, workbooks.obstacle_of_error(error), error.strerror or ""
        )
    if _is_workbook(path):
        return UnreadFile(path, name, room, Obstacle.NOT_A_FILE)
    return None


def content(path: Path) -> bytes:
    """Return the content of a file; raises FileHeld if it cannot be read.

    This includes FileNotFoundError: a file that is being saved may be gone for a moment.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise held(path) from error


def held(path: Path) -> FileHeld:
    """Return the error for a required file that cannot be read."""
    return FileHeld(bootstrap.rulebook().wording.runs.held.format(file=path))


def shut_folder(folder: Path) -> FolderShut:
    """Return the error for a folder that cannot be listed."""
    return FolderShut(bootstrap.rulebook().wording.runs.folder_shut.format(folder=folder))


@contextmanager
def listing(folder: Path) -> Iterator[None]:
    """Convert an OSError into FolderShut, which names the folder."""
    try:
        yield
    except OSError as error:
        raise shut_folder(folder) from error


def being_edited(folder: Path) -> tuple[str, ...]:
    """Return the files that Excel or WPS has open, by the lock files that they create."""
    edited = (
        mark.with_name(mark.name.removeprefix(beginning))
        for beginning in LOCK_FILE_PREFIXES
        for mark in sorted(folder.rglob(f"{beginning}*"))
    )
    return tuple(
        file_names.readable(path.relative_to(folder).as_posix())
        for path in edited
        if path.is_file()
    )


def _is_sent_in(name: str) -> bool:
    """Return whether a file is a user's, and not a lock file or a hidden file of the system."""
    return not name.startswith(("~$", ".")) and name.lower() not in _NOT_SENT_IN
