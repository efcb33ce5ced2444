"""Retention of step results: a retry resumes from them, and old ones are deleted."""

import tempfile
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

# A retry of an older run runs every step again, which is harmless, as steps are idempotent.
KEPT_FOR = timedelta(days=90)
# No step runs that long: an older temporary file was left by a step that died.
LEFT_FOR = timedelta(days=2)


def drop_old(folder: Path, *, now: datetime) -> int:
    """Delete results older than KEPT_FOR and return the number of files; `now` is aware."""
    oldest = (now.astimezone(UTC) - KEPT_FOR).timestamp()
    dropped = 0
    for path in folder.rglob("*"):
        try:
            if path.is_file() and path.stat().st_mtime < oldest:
                path.unlink()
                dropped += 1
        except FileNotFoundError:  # another run deletes old results as well
            continue
    return dropped


def drop_left(home: Path, *, now: datetime) -> None:
    """Delete temporary files that a killed step left in `tmp` of a home.

    Do nothing unless that folder is the TMPDIR: another TMPDIR may contain the office's data, or
    be the shared /tmp of the machine. `now` is aware.
    """
    folder = (home / "tmp").resolve()
    if folder != Path(tempfile.gettempdir()).resolve() or not folder.is_relative_to(home.resolve()):
        return
    oldest = (now.astimezone(UTC) - LEFT_FOR).timestamp()
    for path in sorted(folder.rglob("*"), reverse=True):
        # It was deleted meanwhile, or is a folder that is not empty.
        with suppress(OSError):
            if path.lstat().st_mtime < oldest:
                path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
