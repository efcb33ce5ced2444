"""Cache keys of steps: those that depend on verdicts change with the verdicts."""

from pathlib import Path
from typing import Any, cast

import pytest

from tasks.judging import evaluation
from tasks.steps import decorator
from tests import databases
from tests.tasks.sample_homes import NOW

OF_2025 = {"year": 2025}


@pytest.fixture(autouse=True)
def _of_one_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decorator, "_key", lambda context, inputs: "run-step")


def key() -> str | None:
    return decorator._key_of_verdicts(cast("Any", None), OF_2025)


def test_the_same_verdicts_have_the_same_key(
    judged_small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    databases.copy_home(judged_small, tmp_path / "copy")
    databases.move_in(tmp_path / "copy", monkeypatch)
    before = key()

    evaluation.evaluate(year=2025, now=NOW)

    assert key() == before == "run-step-1"


def test_a_year_without_an_evaluation_has_a_key() -> None:
    assert key() == "run-step-0"


def test_without_a_database_there_is_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUNHENG_DATABASE_URL", "postgresql+psycopg://127.0.0.1:9/nobody")

    assert key() is None
