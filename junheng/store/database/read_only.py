"""Makes a session read-only: writes are refused with a reason."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from junheng.refusals import Refusal

READ_ONLY_SQL_TRANSACTION = "25006"


class DatabaseReadOnly(Refusal):
    """We cannot write, because the content of the database must not change."""


@contextmanager
def read_only(session: Session, *, because: str) -> Iterator[None]:
    """Refuse every write of a session; raises DatabaseReadOnly with the reason."""
    read_only_connections: list[Any] = []

    def forbid(_session: object, _transaction: object, connection: Connection) -> None:
        if connection.dialect.name == "sqlite":
            read_only_connections.append(connection.connection.dbapi_connection)
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
        # The driver's connection returns to the pool and must be writable again.
        for connection in read_only_connections:
            connection.execute("PRAGMA query_only=OFF")


def _is_refused_write(error: DBAPIError) -> bool:
    # By PostgreSQL's code: importing psycopg for its class takes a twentieth of a second.
    if getattr(error.orig, "sqlstate", None) == READ_ONLY_SQL_TRANSACTION:
        return True
    return "attempt to write a readonly database" in str(error.orig)
