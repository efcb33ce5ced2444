"""Databases for the tests of the store: an SQLite file, and a PostgreSQL database."""

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
def _no_default_sqlite_adapters(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove sqlite3's default date adapters, deprecated in Python 3.12: every date has a type."""
    adapters = cast("dict[Any, Any]", sqlite3.adapters)
    for kind in (date, datetime):
        monkeypatch.delitem(adapters, (kind, sqlite3.PrepareProtocol))


@pytest.fixture
def postgresql() -> Iterator[str]:
    """Yield the address of an empty PostgreSQL database."""
    server, name = databases.postgresql(), f"test_{next(NUMBERS)}"
    yield server.empty(name)
    server.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Yield the address of an empty database, SQLite or PostgreSQL."""
    if request.param == "sqlite":
        address = f"sqlite:///{tmp_path / 'junheng.db'}"
    else:
        address = str(request.getfixturevalue("postgresql"))
    yield address
    database.engine(address).dispose()
