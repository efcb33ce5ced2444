"""Every name in config/ exists: one letter more, and it is refused with file, line and word."""

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
# All of them take six minutes: `make soak`. Otherwise one of each kind is tried, in one calendar.
EVERYTHING = os.environ.get("SOAK") == "1"
TRIED = FILES if EVERYTHING else [path for path in FILES if path.stem not in OLD_CALENDARS]
LETTER = "x"


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shutil.copytree(CONFIG, tmp_path_factory.mktemp("copied") / "config")


@pytest.mark.parametrize("file", TRIED, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_a_name_that_nothing_defines_is_refused_where_it_stands(file: Path, copied: Path) -> None:
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
    """Return what is said of a config/ in which a scalar has a letter more, None for nothing."""
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
    """Return what a refusal ought to say and does not, '' where it says all."""
    if scalar.holds is Holds.ANYTHING:
        return "" if said is None else f"{scalar} is free, but: {said}"
    wanted = [".yaml 第", "行的"]
    if scalar.holds is Holds.NAME:
        wanted = [f"{path} 第{scalar.line}行", f"{scalar.last_part}{LETTER}"]
    lacking = [words for words in wanted if words not in (said or "")]
    return f"{scalar}: {lacking} in {said}" if lacking else ""
