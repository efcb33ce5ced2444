"""A judged sample district that several tests only read."""

from pathlib import Path

import pytest

from tests.tasks import sample_homes


@pytest.fixture(scope="session")
def judged_2025(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample_homes.judged(tmp_path_factory.mktemp("judged_2025"), 2025)


@pytest.fixture
def in_2025(judged_2025: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in the judged home of 2025; what a test keeps there must not matter to another."""
    monkeypatch.setenv("JUNHENG_HOME", str(judged_2025))
    return judged_2025
