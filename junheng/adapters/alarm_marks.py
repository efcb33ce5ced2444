"""Marks of what operators were told while no database could keep it: a file each, made once."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from junheng.adapters.files.pages import said_clearly

# By then the database is there again, or nobody asks about that run any more.
KEPT_FOR = timedelta(days=30)


def make(folder: Path, about: str) -> bool:
    """Mark something as told and return whether nobody else has: of two, one is told so.

    Raises:
        NotWritten: the mark cannot be made.

    """
    path = folder / about
    with said_clearly(path):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            path.touch(exist_ok=False)
        except FileExistsError:
            return False
    return True


def is_there(folder: Path, about: str) -> bool:
    return (folder / about).exists()


def drop(folder: Path, about: str) -> None:
    """Take a mark back: it was certainly not told."""
    (folder / about).unlink(missing_ok=True)


def forget_old(folder: Path, *, now: datetime) -> None:
    """Delete the marks that were made longer ago than KEPT_FOR; `now` is aware."""
    oldest = (now.astimezone(UTC) - KEPT_FOR).timestamp()
    for path in folder.glob("*"):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < oldest:
                path.unlink()
