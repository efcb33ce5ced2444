"""Keeps what lies in the home from other accounts of the machine."""

import os
import stat
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

OTHERS = stat.S_IRWXG | stat.S_IRWXO


def tighten(home: Path, *, shared: Collection[Path]) -> None:
    """Take group and others their rights to everything in a home, except in the shared folders.

    The mode of the home itself, and of the shared folders, is what the office gave them. Earlier
    versions wrote files that every account could read.
    """
    for folder, folders, files in os.walk(home):
        folders[:] = [name for name in folders if Path(folder, name) not in shared]
        for name in (*folders, *files):
            # It may be gone by now, or belong to another account.
            with suppress(OSError):
                _tighten(Path(folder, name))


def _tighten(path: Path) -> None:
    mode = path.lstat().st_mode
    if mode & OTHERS and not stat.S_ISLNK(mode):
        path.chmod(stat.S_IMODE(mode) & ~OTHERS)
