"""The inbox: finds the years whose folder has changed since it was last read."""

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from junheng import bootstrap, wording
from junheng.adapters.files import pages, workbooks
from junheng.domain.intake import file_names
from junheng.domain.intake.sheets import Obstacle
from junheng.rulebook import Rulebook
from junheng.store import findings, submissions
from junheng.store.rows import stored_id
from tasks.intake import arrivals, register
from tasks.intake.arrivals import Arrived, FolderShut, FolderUnusable, Room

YEAR_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Waiting:
    """A year's folder with unread changes, and the digest of its content."""

    year: int
    folder: str
    digest: str


def _ignored(_line: str) -> None:
    """Ignore a message (no-op callback)."""


def opened(year: int) -> Path | None:
    """Make the folders for a year's reports; return the year's folder, None if they exist."""
    inbox = bootstrap.settings().inbox_folder
    folder = inbox / str(year)
    rooms = [folder / room.value for room in Room]
    try:
        if all(room.is_dir() for room in rooms):
            return None
    except OSError:
        # The folder exists without permission for us: reading it reports that.
        return None
    with pages.said_clearly(inbox):
        inbox.mkdir(parents=True, exist_ok=True)
    with open_as(inbox):
        for room in rooms:
            with pages.said_clearly(room):
                room.mkdir(parents=True, exist_ok=True)
    return folder.resolve()


@contextmanager
def open_as(folder: Path) -> Iterator[None]:
    """Create folders with the permissions of `folder`, whatever the umask of the service is.

    By umask, not chmod: systemd's RestrictSUIDSGID refuses a chmod that keeps the group's bit.
    """
    before = os.umask(~folder.stat().st_mode & 0o777)
    try:
        yield
    finally:
        os.umask(before)


def waiting(say: Callable[[str], None] = _ignored) -> tuple[Waiting, ...]:
    """Return the years whose folder has changed since it was last read, oldest first.

    A folder that cannot be listed is reported to `say` and skipped.

    Raises:
        FolderShut: the inbox itself cannot be listed.

    """
    rulebook = bootstrap.rulebook()
    read = _read()
    found = (year for path in _years() if (year := _examined(path, rulebook, say)) is not None)
    return tuple(year for year in found if _is_changed(year, read.get(_key(year.year)), rulebook))


def _years() -> list[Path]:
    inbox = bootstrap.settings().inbox_folder
    if not inbox.exists():
        return []
    with arrivals.listing(inbox):
        numbered = [path for path in inbox.iterdir() if path.name.isdigit() and path.is_dir()]
    return sorted(path for path in numbered if len(path.name) == YEAR_DIGITS)


def _examined(folder: Path, rulebook: Rulebook, say: Callable[[str], None]) -> Waiting | None:
    if folder.is_symlink():
        say(wording.packaged().arrivals.link.format(folder=folder))
        return None
    try:
        digest = _digest(folder, rulebook, int(folder.name))
    except FolderShut as shut:
        say(str(shut))
        return None
    return Waiting(int(folder.name), str(folder), digest) if digest else None


def mark_read(waiting_year: Waiting, unread: Sequence[str] = ()) -> None:
    """Record that a folder was read with this digest; later changes make it waiting again.

    `unread` are the places of files that could not be read: the folder is waiting again as soon as
    one of them is readable.
    """
    mark = _mark(waiting_year, bootstrap.rulebook()) | {"unread": list(unread)}
    read = {**_read(), _key(waiting_year.year): mark}
    pages.put(_marks_file(), f"{json.dumps(read, ensure_ascii=False, indent=1)}\n")


def _is_changed(waiting_year: Waiting, marked: Any, rulebook: Rulebook) -> bool:
    if not isinstance(marked, dict):
        return True
    known = {name: value for name, value in marked.items() if name != "unread"}
    if known != _mark(waiting_year, rulebook):
        return True
    unread = frozenset(marked.get("unread", ()))
    folder = Path(waiting_year.folder)
    paths = folder.rglob("*") if unread else ()
    return any(_can_be_read(path) for path in paths if _place_in(folder, path) in unread)


def _place_in(folder: Path, path: Path) -> str:
    return file_names.readable(path.relative_to(folder).as_posix())


def _can_be_read(path: Path) -> bool:
    if path.is_symlink():
        return False
    try:
        path.read_bytes()
    except OSError:
        return False
    return True


def asks_for_recheck(year: int) -> str:
    """Return a key for the judging that a year needs; '' if its current data were judged.

    The key contains the last evaluation: data may return to an earlier state after it.
    """
    rulebook = bootstrap.rulebook()
    with bootstrap.session() as session:
        judged = findings.latest(session, rulebook.district.code, year, rules_year=year)
        if judged is None or not register.is_collected(session, rulebook, year):
            return ""
        data = register.of_year(session, rulebook, year).data_hash
    return "" if judged.data_hash == data else f"{stored_id(judged)}-{data}"


def _digest(folder: Path, rulebook: Rulebook, year: int) -> str:
    """Return one hash of the files in a folder and the forms they are read by; '' if empty."""
    beside = sorted(path for path in folder.glob("*") if path.suffix.lower() in workbooks.SUFFIXES)
    lines = [f"{file_names.readable(path.name)}\0{_hash_of(path)}" for path in beside]
    try:
        arrived = arrivals.received(folder)
    except FolderUnusable:
        arrived = Arrived((), ())
    lines += [f"{file.room}\0{file.name}\0{file.sha256}" for file in arrived.files]
    lines += [f"{file.place}\0{file.obstacle}" for file in arrived.unread]
    if not lines:
        return ""
    forms = (rulebook.school_form(year), rulebook.department_form(year))
    return _hash("\n".join((*lines, *(form.model_dump_json() for form in forms))).encode())


def _hash_of(path: Path) -> str:
    """Return the hash of a file in the year's folder, or its obstacle if it cannot be read."""
    if path.is_symlink():
        return Obstacle.NOT_A_FILE.value
    try:
        return _hash(path.read_bytes())
    except OSError as error:
        return workbooks.obstacle_of_error(error).value


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _key(year: int) -> str:
    return f"{bootstrap.rulebook().district.code}-{year}"


def _mark(waiting_year: Waiting, rulebook: Rulebook) -> dict[str, Any]:
    """Return the mark of a reading: with the collection, because a restore may remove it."""
    with bootstrap.session() as session:
        newest = submissions.latest_collection(session, rulebook.district.code, waiting_year.year)
    return {"folder": waiting_year.digest, "collection": "" if newest is None else newest.digest}


def _marks_file() -> Path:
    return bootstrap.settings().home / "inbox-read.json"


def _read() -> Mapping[str, Any]:
    try:
        found = json.loads(_marks_file().read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        # Never read before, or edited by hand into invalid JSON: every folder counts as changed.
        return {}
    return found if isinstance(found, dict) else {}
