"""The inbox: what was laid there since it was last read, told before anything is opened."""

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
    """A year's folder with something in it that was not read yet, as it stood then."""

    year: int
    folder: str
    digest: str


def _unsaid(_line: str) -> None:
    """Tell nobody."""


def opened(year: int) -> Path | None:
    """Make the folders that a year's reports are laid in; return where, None where they are."""
    inbox = bootstrap.settings().inbox_folder
    folder = inbox / str(year)
    rooms = [folder / room.value for room in Room]
    try:
        if all(room.is_dir() for room in rooms):
            return None
    except OSError:
        # Somebody made it and keeps it shut: to look into it says so.
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
    """Make folders as open to colleagues as a folder is, whatever the service's own umask.

    The umask, not chmod: systemd's RestrictSUIDSGID refuses a chmod that keeps the group's bit.
    """
    before = os.umask(~folder.stat().st_mode & 0o777)
    try:
        yield
    finally:
        os.umask(before)


def waiting(say: Callable[[str], None] = _unsaid) -> tuple[Waiting, ...]:
    """Return the years whose folder is not as it was when it was last read, oldest first.

    A year whose folder is shut keeps no other from being read; `say` is told of it.

    Raises:
        FolderShut: the inbox itself cannot be looked into.

    """
    rulebook = bootstrap.rulebook()
    read = _read()
    found = (one for path in _years() if (one := _looked_at(path, rulebook, say)) is not None)
    return tuple(one for one in found if _is_news(one, read.get(_place(one.year)), rulebook))


def _years() -> list[Path]:
    inbox = bootstrap.settings().inbox_folder
    if not inbox.exists():
        return []
    with arrivals.looked_into(inbox):
        named = [one for one in inbox.iterdir() if one.name.isdigit() and one.is_dir()]
    return sorted(path for path in named if len(path.name) == YEAR_DIGITS)


def _looked_at(folder: Path, rulebook: Rulebook, say: Callable[[str], None]) -> Waiting | None:
    if folder.is_symlink():
        say(wording.packaged().arrivals.link.format(folder=folder))
        return None
    try:
        digest = _digest(folder, rulebook, int(folder.name))
    except FolderShut as shut:
        say(str(shut))
        return None
    return Waiting(int(folder.name), str(folder), digest) if digest else None


def mark_read(one: Waiting, unread: Sequence[str] = ()) -> None:
    """Keep that a folder was read as it stood; what came since then is news again.

    So is each file that could not be read, by its place in the folder, once it can be.
    """
    mark = _mark(one, bootstrap.rulebook()) | {"unread": list(unread)}
    read = {**_read(), _place(one.year): mark}
    pages.put(_kept_in(), f"{json.dumps(read, ensure_ascii=False, indent=1)}\n")


def _is_news(one: Waiting, marked: Any, rulebook: Rulebook) -> bool:
    if not isinstance(marked, dict):
        return True
    known = {name: value for name, value in marked.items() if name != "unread"}
    if known != _mark(one, rulebook):
        return True
    unread = frozenset(marked.get("unread", ()))
    paths = Path(one.folder).rglob("*") if unread else ()
    return any(_can_be_read(path) for path in paths if _place_in(one, path) in unread)


def _place_in(one: Waiting, path: Path) -> str:
    return file_names.readable(path.relative_to(one.folder).as_posix())


def _can_be_read(path: Path) -> bool:
    if path.is_symlink():
        return False
    try:
        path.read_bytes()
    except OSError:
        return False
    return True


def asks_for_recheck(year: int) -> str:
    """Return what names the judging that a year needs, '' where it was judged by what counts now.

    It names the last judging too: the same data may come back after others were judged.
    """
    rulebook = bootstrap.rulebook()
    with bootstrap.session() as session:
        judged = findings.latest(session, rulebook.district.code, year, rules_year=year)
        if judged is None or not register.is_collected(session, rulebook, year):
            return ""
        data = register.of_year(session, rulebook, year).data_hash
    return "" if judged.data_hash == data else f"{stored_id(judged)}-{data}"


def _digest(folder: Path, rulebook: Rulebook, year: int) -> str:
    """Return one hash of all that lies in a folder and how it is read, '' where nothing does."""
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
    """Return the hash of a file beside the rooms, and what keeps it shut where it is not read."""
    if path.is_symlink():
        return Obstacle.NOT_A_FILE.value
    try:
        return _hash(path.read_bytes())
    except OSError as error:
        return workbooks.unread(error).value


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _place(year: int) -> str:
    return f"{bootstrap.rulebook().district.code}-{year}"


def _mark(one: Waiting, rulebook: Rulebook) -> dict[str, Any]:
    """Return what a reading is known by: a restored database has not read what this one has."""
    with bootstrap.session() as session:
        newest = submissions.latest_collection(session, rulebook.district.code, one.year)
    return {"folder": one.digest, "collection": "" if newest is None else newest.digest}


def _kept_in() -> Path:
    return bootstrap.settings().home / "inbox-read.json"


def _read() -> Mapping[str, Any]:
    try:
        found = json.loads(_kept_in().read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        # Never read before, or somebody's hand was in it: then it is all news.
        return {}
    return found if isinstance(found, dict) else {}
