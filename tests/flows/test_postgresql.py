"""A round on PostgreSQL has the same results as on SQLite."""

import csv
import io
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from app.cli.lists.formats import Format
from app.cli.lists.ledger import ledger
from app.cli.lists.notices import notices
from app.cli.lists.verdicts import verdicts
from tasks.judging.overview import NEWEST
from tests import databases, small_district
from tests.soak import killed_rounds


@pytest.fixture
def postgresql() -> Iterator[str]:
    server = databases.postgresql()
    yield server.empty("a_round")
    server.drop("a_round")


@pytest.fixture
def sqlite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUNHENG_DATABASE_URL", f"sqlite:///{tmp_path / 'junheng.db'}")


def listed() -> list[list[str]]:
    text = io.StringIO()
    with redirect_stdout(text):
        verdicts(2025, Format.CSV, NEWEST, everything=True)
        ledger(Format.CSV, killed_rounds.CHASED_ON)
        notices(Format.CSV)
    rows = list(csv.reader(io.StringIO(text.getvalue())))
    return [[cell for cell in row if not cell.endswith("+00:00")] for row in rows]


def test_two_rounds_on_postgresql_equal_one_on_sqlite(
    tmp_path: Path, sqlite: None, postgresql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = small_district.make(tmp_path / "2025")
    killed_rounds.run_round(folder)
    on_sqlite = listed()

    monkeypatch.setenv("JUNHENG_DATABASE_URL", postgresql)
    monkeypatch.setenv("JUNHENG_HOME", str(tmp_path / "another_home"))
    killed_rounds.run_round(folder)
    killed_rounds.run_round(folder)

    assert listed() == on_sqlite
