"""Every name in config/ is checked: with an additional letter it is refused with file and line."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from junheng import rulebook as rulebooks
from junheng.rulebook import SAMPLE_DISTRICT, RulebookUnusable
from junheng.settings import PROJECT_ROOT
from tests.config.names_in_config import Holds, Scalar, scalars

CONFIG = PROJECT_ROOT / "config"
OLD_CALENDARS = {str(year) for year in range(2018, 2026)}
FILES = sorted(path for path in CONFIG.glob("*/*.yaml") if path.parent.name != "wording")
# Trying all takes six minutes (`make soak`); by default one of each kind and one calendar is tried.
EVERYTHING = os.environ.get("SOAK") == "1"
TRIED = FILES if EVERYTHING else [path for path in FILES if path.stem not in OLD_CALENDARS]
LETTER = "x"


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shutil.copytree(CONFIG, tmp_path_factory.mktemp("copied") / "config")


@pytest.mark.parametrize("file", TRIED, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_an_undefined_name_is_refused_with_its_place(file: Path, copied: Path) -> None:
    path = copied / file.parent.name / file.name

    told = {scalar: refusal(scalar, path, copied) for scalar in chosen(path)}

    assert told
    assert not [wrong for scalar, said in told.items() if (wrong := misses(scalar, said, path))]


def chosen(path: Path) -> Iterator[Scalar]:
    """Yield every scalar of a file, or the last of each kind."""
    known = scalars(path)
    if EVERYTHING:
        yield from known
        return
    yield from {scalar.kind: scalar for scalar in known}.values()


def refusal(scalar: Scalar, path: Path, config: Path) -> str | None:
    """Return the error for a config/ in which a scalar has an additional letter, or None."""
    text = path.read_text("utf-8")
    path.write_text(f"{text[: scalar.end]}{LETTER}{text[scalar.end :]}", "utf-8")
    try:
        rulebooks.load(config, SAMPLE_DISTRICT)
    except RulebookUnusable as refused:
        return refused.sentence
    else:
        return None
    finally:
        path.write_text(text, "utf-8")


def misses(scalar: Scalar, said: str | None, path: Path) -> str:
    """Return what is missing in an error message, '' if it is complete."""
    if scalar.holds is Holds.ANYTHING:
        return "" if said is None else f"{scalar} is free, but: {said}"
    wanted = [".yaml 第", "行的"]
    if scalar.holds is Holds.NAME:
        wanted = [f"{path} 第{scalar.line}行", f"{scalar.last_part}{LETTER}"]
    lacking = [words for words in wanted if words not in (said or "")]
    return f"{scalar}: {lacking} in {said}" if lacking else ""
