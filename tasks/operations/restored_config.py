"""The copy of config/ that a backup brings along, which an earlier version may have written."""

import shutil
from pathlib import Path

from junheng import config_files, wording
from junheng.rulebook import RulebookUnusable, checking

WORDING = "wording"


def complete(folder: Path) -> None:
    """Put the files of sentences into a copy that its version did not have yet."""
    for name in wording.MODELS:
        own = folder / WORDING / f"{name}.yaml"
        if folder.is_dir() and not own.exists():
            own.parent.mkdir(exist_ok=True)
            shutil.copyfile(config_files.PACKAGED / WORDING / own.name, own)


def sentence(folder: Path) -> str:
    """Return how to work by a copy, or what first has to be put right in it for this version."""
    try:
        mistakes = checking.check(folder).sentences
    except RulebookUnusable as error:
        mistakes = error.sentences
    words = wording.packaged().backups
    template = words.config_outdated if mistakes else words.config
    return template.format(folder=folder, count=len(mistakes))
