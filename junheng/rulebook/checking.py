"""Checks a config/ folder, or one district's folder, for `junheng check-config`."""

import os
from dataclasses import dataclass
from pathlib import Path

from junheng import config_files
from junheng import rulebook as rulebooks
from junheng.config_files import RulebookUnusable
from junheng.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Checked:
    """Every mistake as a sentence, and a summary in one line."""

    sentences: tuple[str, ...]
    summary: str


def check(folder: Path | None) -> Checked:
    """Check a config/ folder or a district's folder, by default the configured one.

    Raises:
        RulebookUnusable: the folder is neither of the two.

    """
    config, districts = _chosen(folder)
    found = dict.fromkeys(
        sentence for district in districts for sentence in rulebooks.mistakes(config, district)
    )
    says = config_files.says()
    if found:
        return Checked(tuple(found), says.found.format(count=len(found)))
    books = [rulebooks.load(config, district) for district in districts]
    return Checked((), "\n".join(_summary(book, config) for book in books))


def _chosen(folder: Path | None) -> tuple[Path, tuple[str, ...]]:
    """Return the config/ folder, and the districts to check in it."""
    if folder is None:
        return _configured_config(), (_setting("DISTRICT") or rulebooks.SAMPLE_DISTRICT,)
    if (folder / "district.yaml").is_file():
        above = folder.absolute().parent
        config = above if (above / "standard").is_dir() else _configured_config()
        return config, (str(folder.absolute()),)
    if (folder / "standard").is_dir():
        return folder, rulebooks.districts(folder)
    raise RulebookUnusable(config_files.says().no_config.format(path=folder))


def _configured_config() -> Path:
    return Path(_setting("CONFIG") or config_files.PACKAGED)


def _setting(name: str) -> str:
    """Return a setting of the environment; reading only this one is faster than all."""
    wanted = f"JUNHENG_{name}"
    return next((value for key, value in os.environ.items() if key.upper() == wanted), "")


def _summary(book: Rulebook, config: Path) -> str:
    items = (*book.school_forms.items, *book.department_forms.items)
    return config_files.says().usable.format(
        name=book.district.name,
        path=config,
        files=len(book.files),
        lines=len(book.standard.lines),
        items=len(items),
        units=len(book.departments) + len(book.district.towns),
        duties=len(book.recurring.ids),
        years=len(book.calendar_years),
    )
