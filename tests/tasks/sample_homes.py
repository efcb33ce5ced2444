"""Homes with a collected and judged year of the sample, made once per test session."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from junheng.settings import PROJECT_ROOT
from tasks.intake import submissions
from tasks.judging import evaluation
from tests import databases, small_district

SUBMISSIONS = PROJECT_ROOT / "samples"
NOW = datetime(2025, 10, 20, 1, 30, tzinfo=UTC)


@contextmanager
def home(folder: Path) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        databases.move_in(folder, patch)
        yield


def judged(folder: Path, year: int) -> Path:
    """Collect and judge a year of the sample in a home of its own."""
    return _judged(folder, SUBMISSIONS / str(year), year)


def judged_small(folder: Path) -> Path:
    """Collect and judge six schools of 2025, from a folder next to the home."""
    return _judged(folder, small_district.make(folder.with_name("2025")), 2025)


def _judged(folder: Path, sent_in: Path, year: int) -> Path:
    with home(folder):
        submissions.collect(sent_in, year=year, now=NOW)
        assert not evaluation.evaluate(year=year, now=NOW).broken
    return folder
