"""Locks: one sender at a time for one database, and none left behind by a killed process."""

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
    """Hold the right to send for a database, waiting for whoever has it; raises AnotherSends.

    While it is held, every card in flight is one whose sender died.
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
    """Hold the right to append to the history until this transaction ends."""
    _hold(session, HISTORY_KEY)


def hold_collections(session: Session) -> None:
    """Hold the right to take a folder in until this transaction ends."""
    _hold(session, COLLECTIONS_KEY)


def _hold(session: Session, key: int) -> None:
    # SQLite has one writer as it is: our transactions begin as writers.
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({key})")


@contextmanager
def _lock_file(path: Path) -> Iterator[None]:
    # An exclusive lock on an empty database beside our own: it works on every system that
    # SQLite works on, and the kernel lets go of it when the process dies. SQLite serves one
    # machine, so a lock on one machine is enough.
    with closing(sqlite3.connect(path, timeout=SECONDS_TO_WAIT, isolation_level=None)) as held:
        try:
            held.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise AnotherSends from error
        yield


@contextmanager
def _advisory_lock(opened: Engine) -> Iterator[None]:
    # PostgreSQL serves several machines, so the lock lies with it. It belongs to this connection:
    # when the process dies or its machine is lost, the server lets go of it.
    with failures.said_clearly(opened.url):
        connected = opened.connect().execution_options(isolation_level="AUTOCOMMIT")
    with connected as held:
        try:
            held.exec_driver_sql(f"SET lock_timeout = '{SECONDS_TO_WAIT}s'")
            held.exec_driver_sql(f"SELECT pg_advisory_lock({POSTGRESQL_KEY})")
        except OperationalError as error:
            raise AnotherSends from error
        try:
            yield
        finally:
            # The connection goes back to the pool alive, and would take the lock with it.
            held.exec_driver_sql(f"SELECT pg_advisory_unlock({POSTGRESQL_KEY})")
            held.exec_driver_sql("RESET lock_timeout")
