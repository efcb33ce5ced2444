"""Queries for an audit: every row as stored, including values that other queries cannot read."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Boolean, Column, Table, Text, cast, select, type_coerce
from sqlalchemy.types import NullType
from sqlmodel import Session, SQLModel

from junheng.domain.history.auditing import CHILDREN, KeptRow, Plain

_CHILD_TABLES = dict(zip(CHILDREN, ("remediation_part", "milestone"), strict=True))


@contextmanager
def read_plainly(session: Session) -> Iterator[None]:
    """Let a session read any value, including invalid ones that were entered by hand."""
    connection = session.connection()
    if connection.dialect.name != "sqlite":
        # The format in which a server casts dates to text depends on its settings.
        connection.exec_driver_sql("SET LOCAL datestyle TO ISO")
        yield
        return
    driver: Any = connection.connection.driver_connection
    # A text that is not valid UTF-8 is a finding and must not stop the audit.
    driver.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
    try:
        yield
    finally:
        driver.text_factory = str


@dataclass(frozen=True, slots=True)
class KeptLedger:
    """Every remediation of every district; `strays` are (table, id) of orphaned child rows."""

    rows: tuple[KeptRow, ...]
    strays: tuple[tuple[str, str | None], ...]


def ledger(session: Session) -> KeptLedger:
    """Return the whole ledger as stored, with its parts and milestones."""
    values = list(_rows(session, "remediation", "reference"))
    children: dict[str, dict[str | None, list[Plain]]] = {}
    for name, table in _CHILD_TABLES.items():
        for child in _rows(session, table, "position"):
            children.setdefault(name, {}).setdefault(child["remediation_id"], []).append(child)
    known = {row["id"] for row in values}
    return KeptLedger(
        tuple(
            KeptRow(
                row,
                {name: tuple(children.get(name, {}).get(row["id"], ())) for name in _CHILD_TABLES},
            )
            for row in values
        ),
        tuple(
            (name, number)
            for name, by_number in children.items()
            for number in by_number
            if number not in known
        ),
    )


def evidence(session: Session, district_code: str) -> tuple[Plain, ...]:
    """Return every evidence row as stored, with the reference of its remediation."""
    references = {
        row["id"]: row["reference"]
        for row in _rows(session, "remediation", "reference")
        if row["district_code"] == district_code
    }
    return tuple(
        {**row, "reference": references[row["remediation_id"]]}
        for row in _rows(session, "evidence", "version")
        if row["remediation_id"] in references
    )


def ladders(session: Session, district_code: str) -> Mapping[str, str | None]:
    """Return the stored content of every ladder of a district, as text, by digest."""
    columns = _table("ladder_in_force").c
    is_sqlite = session.connection().dialect.name == "sqlite"
    content = type_coerce(columns.content, NullType()) if is_sqlite else cast(columns.content, Text)
    rows = session.execute(
        select(columns.digest, content.label("content"))
        .where(columns.district_code == district_code)
        .order_by(columns.digest)
    )
    return {digest: _text(found, columns.content) for digest, found in rows}


def _table(name: str) -> Table:
    return SQLModel.metadata.tables[name]


def _rows(session: Session, name: str, order: str) -> Iterator[Plain]:
    table = _table(name)
    is_sqlite = session.connection().dialect.name == "sqlite"
    columns = [
        (type_coerce(column, NullType()) if is_sqlite else cast(column, Text)).label(column.name)
        for column in table.c
    ]
    for row in session.execute(select(*columns).order_by(table.c[order], table.c.id)).mappings():
        yield _plain(row, table)


def _plain(row: Mapping[Any, Any], table: Table) -> Plain:
    return {column.name: _text(row[column.name], column) for column in table.c}


def _text(value: Any, column: Column[Any]) -> str | None:
    # SQLite stores booleans as 1 and 0; PostgreSQL has already cast them to text.
    if isinstance(column.type, Boolean) and isinstance(value, int) and value in {0, 1}:
        return "true" if value else "false"
    return value if value is None or isinstance(value, str) else repr(value)
