"""Copies a whole database (SQLite or PostgreSQL), for example for a dry run."""

from collections.abc import Iterator

from sqlalchemy import Connection, Table, insert, select
from sqlmodel import SQLModel

from junheng.store.database import database, failures

ROWS_AT_ONCE = 1000


def copy(address: str, *, to: str) -> None:
    """Copy every row of a database into an empty one, from one consistent snapshot.

    Raises:
        DatabaseUnusable: one of the databases cannot be reached, opened, read or written.

    """
    source, target = database.engine(address), database.engine(to)
    with (
        failures.said_clearly(source.url),
        source.connect() as read,
        # All tables must be read from one snapshot.
        read.execution_options(isolation_level="SERIALIZABLE").begin(),
        failures.said_clearly(target.url),
        target.begin() as written,
    ):
        for table in SQLModel.metadata.sorted_tables:
            for rows in _rows(read, table):
                written.execute(insert(table), rows)


def _rows(read: Connection, table: Table) -> Iterator[list[dict[str, object]]]:
    found = read.execution_options(yield_per=ROWS_AT_ONCE).execute(select(table)).mappings()
    return ([dict(row) for row in part] for part in found.partitions(ROWS_AT_ONCE))
