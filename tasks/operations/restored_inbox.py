"""The files of the inbox in a restore: laid into the inbox that is set, over nothing there."""

import filecmp
from pathlib import Path, PurePosixPath

from junheng.adapters.files import pages
from junheng.settings import Settings
from tasks.intake import inbox


def place(member: str, chosen: Settings) -> Path:
    """Return where a member `inbox/…` goes: into the inbox, or the home where its name is taken."""
    within = PurePosixPath(*PurePosixPath(member).parts[1:])
    target = chosen.inbox_folder.absolute() / within
    if target.exists() or target.is_symlink():
        return _aside(chosen) / within
    with pages.said_clearly(target):
        chosen.inbox_folder.mkdir(parents=True, exist_ok=True)
        with inbox.open_as(chosen.inbox_folder):
            target.parent.mkdir(parents=True, exist_ok=True)
    return target


def kept_aside(chosen: Settings) -> tuple[Path, ...]:
    """Return the files whose name was taken by another content; those of equal content go."""
    aside, laid = _aside(chosen), chosen.inbox_folder.absolute()
    if aside.resolve() == laid.resolve():
        return ()
    files = sorted(path for path in aside.rglob("*") if path.is_file())
    for path in files:
        there = laid / path.relative_to(aside)
        if there.is_file() and filecmp.cmp(path, there, shallow=False):
            path.unlink()
    return tuple(path for path in files if path.exists())


def _aside(chosen: Settings) -> Path:
    return chosen.home.absolute() / "inbox"
