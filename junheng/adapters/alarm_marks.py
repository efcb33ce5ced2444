"""Marker files: one for each alarm that was sent while the database could not record it."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from junheng.adapters.files.pages import said_clearly

# Long enough for the database to be repaired, and for the run to become irrelevant.
KEPT_FOR = timedelta(days=30)


def make(folder: Path, about: str) -> bool:
    """Create the mark of an alarm, atomically; return False if it already exists.

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
    """Delete the mark of an alarm that was certainly not sent."""
    (folder / about).unlink(missing_ok=True)


def forget_old(folder: Path, *, now: datetime) -> None:
    """Delete the marks that were made longer ago than KEPT_FOR; `now` is aware."""
    oldest = (now.astimezone(UTC) - KEPT_FOR).timestamp()
    for path in folder.glob("*"):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < oldest:
                path.unlink()
