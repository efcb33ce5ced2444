"""What arrived in a folder: reports, copies of the ledger, and the evidence beside those."""

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

OPENED_BESIDE = ("~$", ".~")
_NOT_SENT_IN = frozenset({"thumbs.db", "desktop.ini"})


class FolderUnusable(Refusal):
    """We cannot collect a folder, because it is not one, or lacks what a year's folder has."""


class FileHeld(Transient):
    """We cannot read what was sent in, because another program has it open."""


class FolderShut(FileHeld):
    """We cannot look into a folder, because our account may not, or its share is gone."""


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

    @property
    def stem(self) -> str:
        return PurePosixPath(self.name).stem


@dataclass(frozen=True, slots=True)
class UnreadFile:
    """What lies there and could not be read: its content is not known, and may be sound.

    `room` is None for the register, which lies beside the rooms.
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
        """Return where it lies in the year's folder."""
        return self.name if self.room is None else f"{self.room.value}/{self.name}"


@dataclass(frozen=True, slots=True)
class Arrived:
    """Everything that lies in a year's folder: what could be read, and what could not."""

    files: tuple[ReceivedFile, ...]
    unread: tuple[UnreadFile, ...]


@dataclass(frozen=True, slots=True)
class Sorted:
    """What was sent in, apart: reports with what is in them, copies of the ledger, and neither.

    What is neither has with it what came of opening it, if it looked like a workbook.
    """

    reports: tuple[tuple[ReceivedFile, Opened], ...]
    copies: tuple[tuple[ReceivedFile, ReceivedCopy], ...]
    unplaced: tuple[tuple[ReceivedFile, Opened | None], ...]
    unread: tuple[UnreadFile, ...]

    @property
    def is_ledgers_only(self) -> bool:
        """Return whether copies of the ledger came, and nothing that could be a report."""
        has_reports = bool(self.reports) or any(one.room is not Room.LEDGERS for one in self.unread)
        return bool(self.copies or self.unplaced or self.unread) and not has_reports

    def without(self, lost: Iterable[UnreadFile]) -> "Sorted":
        """Return the same where some files turned out not to be readable any more."""
        unread = (*self.unread, *lost)
        gone = {one.path for one in unread}
        return Sorted(
            tuple(pair for pair in self.reports if pair[0].path not in gone),
            tuple(pair for pair in self.copies if pair[0].path not in gone),
            tuple(pair for pair in self.unplaced if pair[0].path not in gone),
            unread,
        )


def sort_out(arrived: Arrived, wording: BookWords, show: Progress = unseen) -> Sorted:
    """Tell reports from copies of the ledger, and from the evidence that lies beside a copy."""
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
    """Yield what could not be read to the end, or was saved again while it was read."""
    for file, content in opened:
        if content.obstacle.is_unread:
            yield unread(file, content.obstacle, content.detail)
        elif content.sha256 not in {"", file.sha256}:
            yield unread(file, Obstacle.HELD)


def unread(file: ReceivedFile, obstacle: Obstacle, detail: str = "") -> UnreadFile:
    """Return a file that was read once as one that cannot be read now."""
    return UnreadFile(file.path, file.name, file.room, obstacle, detail)


def _is_workbook(path: Path) -> bool:
    return path.suffix.lower() in workbooks.SUFFIXES


def received(folder: Path) -> Arrived:
    """Return all that lies in the rooms of a year's folder; what cannot be read stops nothing.

    Raises:
        FolderUnusable: it is no such folder.
        FolderShut: it cannot be looked into, or one of its rooms cannot.

    """
    with looked_into(folder):
        rooms = _rooms(folder)
    found = [one for place, room in rooms for one in _in_room(place, room)]
    return Arrived(
        tuple(one for one in found if isinstance(one, ReceivedFile)),
        tuple(one for one in found if isinstance(one, UnreadFile)),
    )


def _rooms(folder: Path) -> tuple[tuple[Path, Room], ...]:
    if not folder.is_dir():
        raise FolderUnusable(wording.packaged().arrivals.not_there.format(folder=folder))
    # Unlike a glob, which finds nothing in a folder that is shut, this raises.
    next(folder.iterdir(), None)
    rooms = tuple((folder / room.value, room) for room in Room)
    for place, _ in rooms:
        if place.is_symlink():
            raise FolderUnusable(wording.packaged().arrivals.link.format(folder=place))
    there = tuple((place, room) for place, room in rooms if place.is_dir())
    if not there:
        raise FolderUnusable(wording.packaged().arrivals.without_rooms.format(folder=folder))
    return there


def _in_room(place: Path, room: Room) -> Iterator[ReceivedFile | UnreadFile]:
    shut: list[OSError] = []
    # Unlike a glob it tells of the folders that it could not look into.
    walked = tuple(os.walk(place, onerror=shut.append))
    for error in shut:
        where = Path(error.filename)
        if where == place:
            raise shut_folder(place) from error
        name = file_names.readable(where.relative_to(place).as_posix())
        yield UnreadFile(where, name, room, workbooks.unread(error), error.strerror or "")
    names = (Path(at, name) for at, folders, files in walked for name in (*folders, *files))
    for path in sorted(names):
        if _is_sent_in(path.name) and (one := _received(path, place, room)) is not None:
            yield one


def _received(path: Path, place: Path, room: Room) -> ReceivedFile | UnreadFile | None:
    """Return what lies at a path, None for a folder as such and what is nobody's report."""
    name = file_names.readable(path.relative_to(place).as_posix())
    # A link may lead to any file that our account can read: it is never followed.
    if path.is_symlink():
        return UnreadFile(path, name, room, Obstacle.NOT_A_FILE)
    try:
        if path.is_file():
            sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
            return ReceivedFile(path, name, sha256, path.stat().st_mtime, room)
    except OSError as error:
        return UnreadFile(path, name, room, workbooks.unread(error), error.strerror or "")
    if _is_workbook(path):
        return UnreadFile(path, name, room, Obstacle.NOT_A_FILE)
    return None


def content(path: Path) -> bytes:
    """Return what is in a file; raises FileHeld where something keeps it from being read.

    A file that is just being saved may also be gone for a moment.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise held(path) from error


def held(path: Path) -> FileHeld:
    """Return what is raised where nothing can go on without a file."""
    return FileHeld(bootstrap.rulebook().wording.runs.held.format(file=path))


def shut_folder(folder: Path) -> FolderShut:
    """Return what is raised where a folder cannot be looked into."""
    return FolderShut(bootstrap.rulebook().wording.runs.folder_shut.format(folder=folder))


@contextmanager
def looked_into(folder: Path) -> Iterator[None]:
    """Turn what keeps a folder shut into FolderShut, which names it."""
    try:
        yield
    except OSError as error:
        raise shut_folder(folder) from error


def being_edited(folder: Path) -> tuple[str, ...]:
    """Return the files that Excel or WPS has open, by the mark that either lays beside them."""
    edited = (
        mark.with_name(mark.name.removeprefix(beginning))
        for beginning in OPENED_BESIDE
        for mark in sorted(folder.rglob(f"{beginning}*"))
    )
    return tuple(
        file_names.readable(path.relative_to(folder).as_posix())
        for path in edited
        if path.is_file()
    )


def _is_sent_in(name: str) -> bool:
    """Leave out what Excel, WPS and the system put beside the files of people."""
    return not name.startswith(("~$", ".")) and name.lower() not in _NOT_SENT_IN
