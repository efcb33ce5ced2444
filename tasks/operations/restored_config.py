"""The copy of config/ in a backup, which an earlier version may have written."""

import shutil
from pathlib import Path

from junheng import config_files, wording
from junheng.rulebook import RulebookUnusable, checking

WORDING = "wording"


def complete(folder: Path) -> None:
    """Add the wording files that the version of a copy did not have yet."""
    if not folder.is_dir():
        return
    (folder / WORDING).mkdir(exist_ok=True)
    for name in wording.MODELS:
        own = folder / WORDING / f"{name}.yaml"
        if not own.exists():
            shutil.copyfile(config_files.PACKAGED / WORDING / own.name, own)


def sentence(folder: Path) -> str:
    """Return how to use a copy as config, or how many mistakes to fix in it for this version."""
    try:
        mistakes = checking.check(folder).sentences
    except RulebookUnusable as error:
        mistakes = error.sentences
    words = wording.packaged().backups
    template = words.config_outdated if mistakes else words.config
    return template.format(folder=folder, count=len(mistakes))
