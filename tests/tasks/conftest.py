"""Judged sample districts, and a ledger over several years, computed once and copied by tests."""

from pathlib import Path

import pytest

from tests import databases
from tests.tasks import over_years, sample_homes
from tests.tasks.over_years import CORRECTED, IN_2024, IN_2025, ROUNDS, Round, round_of


@pytest.fixture(scope="session")
def judged_2025(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample_homes.judged(tmp_path_factory.mktemp("judged_2025") / "home", 2025)


@pytest.fixture(scope="session")
def judged_2024(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample_homes.judged(tmp_path_factory.mktemp("judged_2024") / "home", 2024)


@pytest.fixture(scope="session")
def judged_small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample_homes.judged_small(tmp_path_factory.mktemp("judged_small") / "home")


@pytest.fixture
def in_2025(judged_2025: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Use the judged home of 2025; tests must not depend on each other's changes in it."""
    databases.move_in(judged_2025, monkeypatch)
    return judged_2025


@pytest.fixture(scope="session")
def round_homes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("over_years")


@pytest.fixture(scope="session")
def rounds(round_homes: Path, judged_2024: Path) -> tuple[Round, ...]:
    """Run the three rounds in one home, with 2024 already judged; copy the home after each."""
    made: list[Round] = []
    databases.copy_home(judged_2024, round_homes / "now")
    folder = over_years.corrections(round_homes / "corrections")
    asked = ((2024, IN_2024, None), (2025, IN_2025, None), (2025, CORRECTED, folder))
    with sample_homes.home(round_homes / "now"):
        for name, (year, today, more) in zip(ROUNDS, asked, strict=True):
            made.append(round_of(year, today, folder=more))
            databases.copy_home(round_homes / "now", round_homes / name)
    return tuple(made)


@pytest.fixture
def after_2025(
    round_homes: Path, rounds: tuple[Round, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _use_copy_of(round_homes / ROUNDS[1], tmp_path, monkeypatch)


@pytest.fixture
def after_all(
    round_homes: Path, rounds: tuple[Round, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _use_copy_of(round_homes / ROUNDS[2], tmp_path, monkeypatch)


def _use_copy_of(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    databases.copy_home(home, tmp_path / "home")
    databases.move_in(tmp_path / "home", monkeypatch)
