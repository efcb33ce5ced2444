"""Databases for the tests of the store: a file, and one of a server for each test."""

import sqlite3
from collections.abc import Iterator
from datetime import date, datetime
from itertools import count
from pathlib import Path
from typing import Any, cast

import pytest

from junheng.store.database import database
from tests import databases

NUMBERS = count(1)


@pytest.fixture(autouse=True)
def _sqlite_binds_no_date_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away the adapters that Python 3.12 deprecates: every date comes with its type."""
    adapters = cast("dict[Any, Any]", sqlite3.adapters)
    for kind in (date, datetime):
        monkeypatch.delitem(adapters, (kind, sqlite3.PrepareProtocol))


@pytest.fixture
def postgresql() -> Iterator[str]:
    """Yield the address of an empty database on a server."""
    server, name = databases.postgresql(), f"test_{next(NUMBERS)}"
    yield server.empty(name)
    server.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Yield the address of an empty database of either kind."""
    if request.param == "sqlite":
        address = f"sqlite:///{tmp_path / 'junheng.db'}"
    else:
        address = str(request.getfixturevalue("postgresql"))
    yield address
    database.engine(address).dispose()
