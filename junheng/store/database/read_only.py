"""Lets a session read and refuses whatever it would write, with the reason."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from junheng.refusals import Refusal

READ_ONLY_SQL_TRANSACTION = "25006"


class DatabaseReadOnly(Refusal):
    """We cannot write, because what the database holds must not be added to."""


@contextmanager
def read_only(session: Session, *, because: str) -> Iterator[None]:
    """Refuse every write of a session; raises DatabaseReadOnly, which says why."""
    only_read: list[Any] = []

    def forbid(_session: object, _transaction: object, connection: Connection) -> None:
        if connection.dialect.name == "sqlite":
            only_read.append(connection.connection.dbapi_connection)
            connection.exec_driver_sql("PRAGMA query_only=ON")
        else:
            connection.exec_driver_sql("SET TRANSACTION READ ONLY")

    event.listen(session, "after_begin", forbid)
    try:
        yield
        session.flush()
    except DBAPIError as error:
        if not _is_refused_write(error):
            raise
        raise DatabaseReadOnly(because) from error
    finally:
        # The driver's own connection goes back to the pool, whatever became of the transaction.
        for connection in only_read:
            connection.execute("PRAGMA query_only=OFF")


def _is_refused_write(error: DBAPIError) -> bool:
    # By PostgreSQL's code: importing psycopg for its class takes a twentieth of a second.
    if getattr(error.orig, "sqlstate", None) == READ_ONLY_SQL_TRANSACTION:
        return True
    return "attempt to write a readonly database" in str(error.orig)
