"""Locks: one sender at a time for one database; a killed process leaves no lock behind."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from junheng import wording
from junheng.refusals import Transient
from junheng.store.database import database, failures

SECONDS_TO_WAIT = 300
POSTGRESQL_KEY = 370406
HISTORY_KEY = 370407
COLLECTIONS_KEY = 370408


class AnotherSends(Transient):
    """We cannot send, because another process has been sending for too long."""

    def __init__(self) -> None:
        says = wording.packaged().database
        super().__init__(says.another_sends.format(seconds=SECONDS_TO_WAIT))


@contextmanager
def only_sender(address: str) -> Iterator[None]:
    """Hold the sending lock of a database; raises AnotherSends after a timeout.

    While the lock is held, every card in flight belongs to a process that died.
    """
    opened = database.engine(address)
    if opened.dialect.name == "postgresql":
        with _advisory_lock(opened):
            yield
    elif opened.url.database:
        with _lock_file(Path(f"{opened.url.database}.sending")):
            yield
    else:
        yield


def hold_history(session: Session) -> None:
    """Lock the history for appending until this transaction ends."""
    _hold(session, HISTORY_KEY)


def hold_collections(session: Session) -> None:
    """Lock the collecting of folders until this transaction ends."""
    _hold(session, COLLECTIONS_KEY)


def _hold(session: Session, key: int) -> None:
    # Not needed for SQLite: it allows one writer, and our transactions begin as writers.
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({key})")


@contextmanager
def _lock_file(path: Path) -> Iterator[None]:
    # An exclusive lock on an empty SQLite file next to the database: it works on every system that
    # SQLite supports, and the kernel releases it when the process dies. SQLite is used on one
    # machine only, so a lock on that machine is enough.
    with closing(sqlite3.connect(path, timeout=SECONDS_TO_WAIT, isolation_level=None)) as file:
        try:
            file.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise AnotherSends from error
        yield


@contextmanager
def _advisory_lock(opened: Engine) -> Iterator[None]:
    # PostgreSQL may serve several machines, so the server holds the lock. It belongs to this
    # connection: when the process or its machine dies, the server releases it.
    with failures.said_clearly(opened.url):
        connected = opened.connect().execution_options(isolation_level="AUTOCOMMIT")
    with connected as connection:
        try:
            connection.exec_driver_sql(f"SET lock_timeout = '{SECONDS_TO_WAIT}s'")
            connection.exec_driver_sql(f"SELECT pg_advisory_lock({POSTGRESQL_KEY})")
        except OperationalError as error:
            raise AnotherSends from error
        try:
            yield
        finally:
            # The connection returns to the pool, still open, and would keep the lock.
            connection.exec_driver_sql(f"SELECT pg_advisory_unlock({POSTGRESQL_KEY})")
            connection.exec_driver_sql("RESET lock_timeout")
