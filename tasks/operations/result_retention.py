"""What the steps of runs gave, kept so that a retry goes on from it: not for ever."""

import tempfile
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

# Nobody retries a run of last quarter; who does has every step done again, without a second effect.
KEPT_FOR = timedelta(days=90)
# No step takes that long: what lies in the temporary folder since then was left by one that died.
LEFT_FOR = timedelta(days=2)


def drop_old(folder: Path, *, now: datetime) -> int:
    """Delete what was kept longer ago than KEPT_FOR, and return how many files; `now` is aware."""
    oldest = (now.astimezone(UTC) - KEPT_FOR).timestamp()
    dropped = 0
    for path in folder.rglob("*"):
        try:
            if path.is_file() and path.stat().st_mtime < oldest:
                path.unlink()
                dropped += 1
        except FileNotFoundError:  # another run tidies up as well
            continue
    return dropped


def drop_left(home: Path, *, now: datetime) -> None:
    """Delete temporary files that a step left in `tmp` of a home when it was killed.

    Only there, and only where temporary files go there: a TMPDIR that names another folder may name
    one that holds the office's data, or the machine's own /tmp, which is shared. `now` is aware.
    """
    folder = (home / "tmp").resolve()
    if folder != Path(tempfile.gettempdir()).resolve() or not folder.is_relative_to(home.resolve()):
        return
    oldest = (now.astimezone(UTC) - LEFT_FOR).timestamp()
    for path in sorted(folder.rglob("*"), reverse=True):
        # Deleted meanwhile, or a folder that is not empty.
        with suppress(OSError):
            if path.lstat().st_mtime < oldest:
                path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
