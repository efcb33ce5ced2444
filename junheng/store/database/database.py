"""Opens the database and migrates its tables; every write is one transaction."""

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect
from sqlmodel import Session as Session

from junheng import wording
from junheng.store.database import failures
from junheng.store.database.failures import DatabaseTooNew, DatabaseUnusable
from junheng.store.database.read_only import read_only

MIGRATIONS = Path(__file__).parents[1] / "migrations"
SECONDS_TO_WAIT_FOR_A_WRITER = 60
SECONDS_TO_CONNECT = 10
# An SQLite transaction with this option does not wait for writers.
READS_ONLY = "reads_only"
_opening = Lock()


def engine(address: str) -> Engine:
    """Return the engine of a database with migrated tables; cached by address.

    Raises:
        DatabaseUnusable: the database does not exist, does not answer, or is damaged.

    """
    # `cache` does not lock: two threads of a starting server would both migrate.
    with _opening:
        return _cached_engine(address)


@cache
def _cached_engine(address: str) -> Engine:
    return migrated(address)


def migrated(address: str) -> Engine:
    """Return a new engine after migrating the tables; raises the same errors as `engine`."""
    opened = unmigrated(address)
    try:
        with failures.said_clearly(opened.url):
            _bring_up_to_date(opened)
    except DatabaseUnusable:
        opened.dispose()
        raise
    return opened


def unmigrated(address: str) -> Engine:
    """Return a new engine without migrating; the database may have no tables.

    Raises:
        DatabaseUnusable: the address is invalid, or the folder cannot be made.

    """
    url = failures.parsed(address)
    return _sqlite(url) if url.get_backend_name() == "sqlite" else _server(url)


def move(connection: Connection, revision: str, *, is_up: bool = True) -> None:
    """Migrate the tables to a revision in the transaction of a connection."""
    # Importing Alembic takes a tenth of a second: only a process that migrates pays for it.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    (command.upgrade if is_up else command.downgrade)(config, revision)


def revision_of(connection: Connection) -> str:
    """Return the revision of the tables; '' if there are none."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    stored = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return str(stored or "")


def revision_at(address: str) -> str:
    """Return the revision of a database without creating or changing it.

    Raises:
        DatabaseUnusable: the database cannot be reached, opened or read.

    """
    opened = unmigrated(address)
    if opened.dialect.name == "sqlite" and not Path(opened.url.database or "").exists():
        return ""
    try:
        with failures.said_clearly(opened.url), opened.connect() as connection:
            return revision_of(connection)
    finally:
        opened.dispose()


def head() -> str:
    """Return the revision that this version of the program needs."""
    return _revisions()[-1]


def is_known(revision: str) -> bool:
    """Return whether this version of the program can migrate from a revision."""
    return revision in _revisions()


@cache
def _revisions() -> tuple[str, ...]:
    """Return all revisions, the newest last: each migration's file begins with its revision."""
    return tuple(sorted(path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*_*.py")))


def _sqlite(url: URL) -> Engine:
    if url.database:
        _make_folder(Path(url.database).parent)
    opened = create_engine(
        url, json_serializer=_json, connect_args={"timeout": SECONDS_TO_WAIT_FOR_A_WRITER}
    )
    event.listen(opened, "connect", _prepare_sqlite)
    event.listen(opened, "begin", _begin_sqlite)
    return opened


def _server(url: URL) -> Engine:
    timeout = {} if "connect_timeout" in url.query else {"connect_timeout": SECONDS_TO_CONNECT}
    return create_engine(url, json_serializer=_json, pool_pre_ping=True, connect_args=timeout)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        no_folder = wording.packaged().database.no_folder
        message = no_folder.format(place=folder, reason=error.strerror)
        raise DatabaseUnusable(message) from error


def _json(value: object) -> str:
    # Chinese names stay readable in the database.
    return json.dumps(value, ensure_ascii=False)


@contextmanager
def session(address: str, *, read_only_because: str | None = None) -> Iterator[Session]:
    """Yield a session in one transaction: committed at the end, rolled back on an error.

    With `read_only_because`, writes are refused for that reason.

    Raises:
        DatabaseUnusable: the database cannot be reached, opened or read.
        DatabaseReadOnly: the session wrote although it is read-only.

    """
    connected = engine(address)
    with (
        failures.said_clearly(connected.url),
        Session(connected, expire_on_commit=False) as opened,
        opened.begin(),
        _allowed(opened, read_only_because),
    ):
        yield opened


@contextmanager
def reading(address: str) -> Iterator[Session]:
    """Yield a session for queries only; on SQLite it does not wait for writers.

    Raises:
        DatabaseUnusable: the database cannot be reached, opened or read.

    """
    connected = engine(address)
    with (
        failures.said_clearly(connected.url),
        connected.connect().execution_options(**{READS_ONLY: True}) as connection,
        Session(connection, expire_on_commit=False) as opened,
        opened.begin(),
    ):
        yield opened


def _allowed(opened: Session, because: str | None) -> AbstractContextManager[None]:
    return nullcontext() if because is None else read_only(opened, because=because)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver must not begin or commit by itself: only then is DDL part of the transaction, and a
    # process killed during a migration leaves either the old tables or the new ones.
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")


def _begin_sqlite(connection: Connection) -> None:
    # In a transaction that first reads and then writes, no other process may write in between.
    only_reads = connection.get_execution_options().get(READS_ONLY, False)
    connection.exec_driver_sql("BEGIN" if only_reads else "BEGIN IMMEDIATE")


def _bring_up_to_date(opened: Engine) -> None:
    newest = head()
    with opened.begin() as connection:
        if connection.dialect.name == "postgresql":
            # If two processes start together, the second waits and finds the tables migrated.
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(370405)")
        current = revision_of(connection)
        if current == newest:
            return
        if current and not is_known(current):
            raise DatabaseTooNew
        move(connection, "head")
