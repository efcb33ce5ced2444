"""Dumps the whole database as text and restores it; SQLite and PostgreSQL have the same format."""

import json
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Date,
    DateTime,
    MetaData,
    Table,
    func,
    insert,
    inspect,
    select,
)
from sqlmodel import SQLModel

from junheng import wording
from junheng.domain.operations.backups import Snapshot
from junheng.refusals import Refusal
from junheng.store import sign_ins
from junheng.store import tables as tables
from junheng.store.column_types import stored_text
from junheng.store.database import database, failures
from junheng.store.tables.ledger import EVENT

SUFFIX = ".jsonl"
ROWS_AT_ONCE = 1000
OF_ALEMBIC = "alembic_version"


class RowsUnreadable(Refusal):
    """We cannot back up, because a table contains a value that does not fit its column's type."""


class DatabaseNotEmpty(Refusal):
    """We cannot restore, because the database is not empty."""


def dump(address: str, folder: Path) -> Snapshot:
    """Write every table to a JSON Lines file in a folder, from one consistent snapshot.

    Raises:
        RowsUnreadable: a row was changed by hand and cannot be read.
        DatabaseUnusable: the database cannot be reached, opened or read.

    """
    opened = database.engine(address)
    # SQLite needs no isolation level: it has one writer, and our transactions begin as writers.
    level = {"isolation_level": "REPEATABLE READ"} if opened.dialect.name == "postgresql" else {}
    with (
        failures.said_clearly(opened.url),
        opened.connect().execution_options(**level) as connection,
        connection.begin(),
    ):
        counts = {
            table.name: _write(connection, table, folder / f"{table.name}{SUFFIX}")
            for table in SQLModel.metadata.sorted_tables
        }
        return Snapshot(database.revision_of(connection), counts, heads(connection))


def fill(address: str, folder: Path, *, revision: str, made_at: datetime) -> Snapshot:
    """Restore a dump of a revision into an empty database, then migrate it, in one transaction.

    The returned snapshot describes the state at that revision. All sign-ins and links end at
    `made_at`, the time of the dump: users must sign in again.

    Raises:
        DatabaseNotEmpty: the database already has a table.
        DatabaseUnusable: the database cannot be reached, opened or written.

    """
    opened = database.unmigrated(address)
    try:
        with failures.said_clearly(opened.url), opened.begin() as connection:
            if inspect(connection).get_table_names():
                raise DatabaseNotEmpty(wording.packaged().database.not_empty)
            database.move(connection, revision)
            filled = _fill(connection, folder, revision)
            database.move(connection, "head")
            sign_ins.end_everything(connection, now=made_at)
            return filled
    finally:
        opened.dispose()


def is_empty(address: str) -> bool:
    """Return whether a database has no tables, or no file yet; raises DatabaseUnusable."""
    opened = database.unmigrated(address)
    if opened.dialect.name == "sqlite":
        return not Path(opened.url.database or "").exists()
    try:
        with failures.said_clearly(opened.url), opened.connect() as connection:
            return not inspect(connection).get_table_names()
    finally:
        opened.dispose()


def heads(connection: Connection) -> dict[str, str]:
    """Return the hash of the newest event of each district."""
    columns = EVENT.c
    last = select(columns.district_code, func.max(columns.sequence).label("sequence"))
    ends = last.group_by(columns.district_code).subquery()
    found = connection.execute(
        select(columns.district_code, columns.hash)
        .join(
            ends,
            (columns.district_code == ends.c.district_code) & (columns.sequence == ends.c.sequence),
        )
        .order_by(columns.district_code)
    )
    return {str(district): str(head) for district, head in found}


def _write(connection: Connection, table: Table, path: Path) -> int:
    try:
        return _written(connection, table, path)
    except (TypeError, ValueError) as error:
        unreadable = wording.packaged().database.rows_unreadable
        raise RowsUnreadable(unreadable.format(table=table.name)) from error


def _written(connection: Connection, table: Table, path: Path) -> int:
    columns = [stored_text(column) for column in table.c]
    rows = connection.execute(
        select(*columns).order_by(*table.primary_key).execution_options(yield_per=ROWS_AT_ONCE)
    )
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for row in rows.mappings():
            line = json.dumps(dict(row), ensure_ascii=False, default=_iso)
            file.write(f"{line}\n")
            count += 1
    return count


def _iso(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value))


def _fill(connection: Connection, folder: Path, revision: str) -> Snapshot:
    # The tables at that revision: the current code may define others.
    reflected = MetaData()
    reflected.reflect(connection)
    counts = {}
    for table in reflected.sorted_tables:
        if table.name != OF_ALEMBIC:
            counts[table.name] = _read(connection, table, folder / f"{table.name}{SUFFIX}")
            _advance_sequence(connection, table)
    return Snapshot(revision, counts, heads(connection) if "event" in reflected.tables else {})


def _read(connection: Connection, table: Table, path: Path) -> int:
    count, keeps_zone = 0, connection.dialect.name != "sqlite"
    with path.open(encoding="utf-8") as lines:
        while rows := [
            _row(line, table, keeps_zone=keeps_zone) for line in islice(lines, ROWS_AT_ONCE)
        ]:
            connection.execute(insert(table), rows)
            count += len(rows)
    return count


def _row(line: str, table: Table, *, keeps_zone: bool) -> dict[str, Any]:
    return {
        name: _value(value, table.c[name], keeps_zone=keeps_zone)
        for name, value in json.loads(line).items()
    }


def _value(value: Any, column: Column[Any], *, keeps_zone: bool) -> Any:
    if value is None:
        return None
    if isinstance(column.type, DateTime):
        moment = datetime.fromisoformat(value)
        return moment if keeps_zone else moment.astimezone(UTC).replace(tzinfo=None)
    return date.fromisoformat(value) if isinstance(column.type, Date) else value


def _advance_sequence(connection: Connection, table: Table) -> None:
    """Set PostgreSQL's id sequence to the highest restored id."""
    if connection.dialect.name != "postgresql" or "id" not in table.c:
        return
    newest = select(func.max(table.c.id)).scalar_subquery()
    sequence = func.pg_get_serial_sequence(table.name, "id")
    connection.execute(select(func.setval(sequence, newest)))
