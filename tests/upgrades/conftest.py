"""Fixtures: an office of an earlier version, unpacked once, and a copy for each test."""

from pathlib import Path

import pytest

from tests import databases
from tests.tasks.sample_homes import home as at_home
from tests.upgrades import an_old_home


@pytest.fixture(scope="session")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("old") / "home"
    with at_home(home):
        an_old_home.unpack(home)
    return home


@pytest.fixture
def old_home(untouched: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Use a copy of the home of the earlier version."""
    home = tmp_path / "old_home"
    databases.copy_home(untouched, home)
    databases.move_in(home, monkeypatch)
    return home
