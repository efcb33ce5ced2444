"""Opens the database and brings its tables up to date; every write is one transaction."""

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
# A transaction of SQLite with this option waits for no writer.
READS_ONLY = "reads_only"
_opening = Lock()


def engine(address: str) -> Engine:
    """Return the engine of a database whose tables are current; one for each address.

    Raises:
        DatabaseUnusable: no database is there, it does not answer, or it is damaged.

    """
    # Threads of a server that has just begun ask at one moment; the second would migrate too.
    with _opening:
        return _only_engine(address)


@cache
def _only_engine(address: str) -> Engine:
    return migrated(address)


def migrated(address: str) -> Engine:
    """Return an engine of its own, once the tables are current; raises as `engine` does."""
    opened = unmigrated(address)
    try:
        with failures.said_clearly(opened.url):
            _bring_up_to_date(opened)
    except DatabaseUnusable:
        opened.dispose()
        raise
    return opened


def unmigrated(address: str) -> Engine:
    """Return an engine of a database as it stands, also where it has no tables at all.

    Raises:
        DatabaseUnusable: it is no address of a database, or its folder cannot be made.

    """
    url = failures.parsed(address)
    return _sqlite(url) if url.get_backend_name() == "sqlite" else _server(url)


def move(connection: Connection, revision: str, *, is_up: bool = True) -> None:
    """Bring the tables to a revision within the transaction of a connection."""
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
    """Return the revision of a database, which is neither made nor changed by it.

    Raises:
        DatabaseUnusable: it cannot be reached, opened or read.

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
    """Return the revision that this version of the program works with."""
    return _revisions()[-1]


def is_known(revision: str) -> bool:
    """Say whether this version of the program can bring tables up from a revision."""
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
    patience = {} if "connect_timeout" in url.query else {"connect_timeout": SECONDS_TO_CONNECT}
    return create_engine(url, json_serializer=_json, pool_pre_ping=True, connect_args=patience)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        no_folder = wording.packaged().database.no_folder
        said = no_folder.format(place=folder, reason=error.strerror)
        raise DatabaseUnusable(said) from error


def _json(value: object) -> str:
    # Readable for whoever opens the database: names of departments as they are written.
    return json.dumps(value, ensure_ascii=False)


@contextmanager
def session(address: str, *, read_only_because: str | None = None) -> Iterator[Session]:
    """Yield a session that commits as a whole at the end, or not at all.

    Where there is a reason to, it only reads.

    Raises:
        DatabaseUnusable: the database cannot be reached, opened or read.
        DatabaseReadOnly: something was written where only reading is allowed.

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
    """Yield a session for queries alone, which on SQLite does not wait for whoever writes.

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
    # The driver must not begin or commit on its own: only then are tables made in a transaction
    # too, and a process killed half-way leaves either the old tables or the new ones.
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later must not find the data changed between.
    only_reads = connection.get_execution_options().get(READS_ONLY, False)
    connection.exec_driver_sql("BEGIN" if only_reads else "BEGIN IMMEDIATE")


def _bring_up_to_date(opened: Engine) -> None:
    newest = head()
    with opened.begin() as connection:
        if connection.dialect.name == "postgresql":
            # Two processes that start together: the second waits and finds the work done.
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(370405)")
        current = revision_of(connection)
        if current == newest:
            return
        if current and not is_known(current):
            raise DatabaseTooNew
        move(connection, "head")
