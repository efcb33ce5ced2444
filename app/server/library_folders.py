"""The folders that libraries write into: under JUNHENG_HOME, unless the environment sets them.

The code may belong to root and be read-only, and the account may have no home folder.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

from junheng import wording
from junheng.domain.operations.disk_errors import why
from junheng.settings import Home, HomeUnusable

PREFECT_HOME, UI_PAGES = "PREFECT_HOME", "PREFECT_SERVER_UI_STATIC_DIRECTORY"
# Prefect also reads the setting under this name; if both are set, the other one wins.
UI_PAGES_OLD_NAME = "PREFECT_UI_STATIC_DIRECTORY"
TEMPORARY, CACHE, ACCOUNT_HOME = "TMPDIR", "XDG_CACHE_HOME", "HOME"


@dataclass(frozen=True, slots=True)
class Place:
    """A folder that a process writes into, and the setting that names it."""

    setting: str
    folder: Path


def set_defaults() -> None:
    """Set the environment variable of each folder that is not set yet."""
    home = Home().home.resolve()
    os.environ.setdefault(PREFECT_HOME, str(home / "prefect"))
    # By default Prefect copies its pages into site-packages, which belongs to root.
    pages = os.environ.get(UI_PAGES_OLD_NAME) or str(Path(os.environ[PREFECT_HOME]) / "ui")
    os.environ.setdefault(UI_PAGES, pages)
    os.environ.setdefault(TEMPORARY, str(home / "tmp"))
    os.environ.setdefault(CACHE, str(home / "cache"))
    for setting in (PREFECT_HOME, UI_PAGES, TEMPORARY, CACHE):
        # Prefect's processes run in another folder, so relative paths would change their meaning.
        os.environ[setting] = str(Path(os.environ[setting]).absolute())
    if not _has_home():
        os.environ[ACCOUNT_HOME] = str(home)


def make() -> None:
    """Create the folders, because Python ignores a missing TMPDIR; raises HomeUnusable."""
    for place in libraries():
        try:
            place.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            not_made = wording.packaged().server.folder_not_made.format(
                setting=place.setting, folder=place.folder, reason=why(error)
            )
            raise HomeUnusable(not_made) from error


def libraries() -> Iterator[Place]:
    """Yield the folders of libraries, as the environment names them."""
    for setting in (PREFECT_HOME, UI_PAGES, TEMPORARY, CACHE):
        yield Place(setting, Path(os.environ[setting]))


def unwritable(places: Iterator[Place]) -> Mapping[Place, str]:
    """Return the folders that this account cannot write into, each with the system's reason."""
    refused = {}
    for place in places:
        try:
            with TemporaryFile(dir=_nearest(place.folder.absolute())) as file:
                file.write(b"1")
        except OSError as error:
            refused[place] = why(error)
    return refused


def _nearest(folder: Path) -> Path:
    """Return a folder if it exists, otherwise its nearest existing parent."""
    with suppress(OSError):
        return next(parent for parent in (folder, *folder.parents) if parent.exists())
    return folder


def _has_home() -> bool:
    """Return whether the account has a writable home folder; a service often has none."""
    try:
        home = Path.home()
    except RuntimeError:  # no HOME, and no such account
        return False
    return home.is_dir() and os.access(home, os.W_OK | os.X_OK)
