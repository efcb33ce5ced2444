"""The inbox files of a restore: written to the configured inbox, never over existing files."""

import filecmp
from pathlib import Path, PurePosixPath

from junheng.adapters.files import pages
from junheng.settings import Settings
from tasks.intake import inbox


def place(member: str, chosen: Settings) -> Path:
    """Return the target of a member `inbox/…`: the inbox, or the home if the name is taken."""
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
    """Return the files whose name was taken by other content; delete those of equal content."""
    aside, restored = _aside(chosen), chosen.inbox_folder.absolute()
    if aside.resolve() == restored.resolve():
        return ()
    files = sorted(path for path in aside.rglob("*") if path.is_file())
    for path in files:
        existing = restored / path.relative_to(aside)
        if existing.is_file() and filecmp.cmp(path, existing, shallow=False):
            path.unlink()
    return tuple(path for path in files if path.exists())


def _aside(chosen: Settings) -> Path:
    return chosen.home.absolute() / "inbox"
