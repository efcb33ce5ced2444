"""Functions for all tables: ids, conversions between rows and values, safe writes."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import fields
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel, col, update

from junheng.store.tables.chase import AlarmRow, NoticeRow
from junheng.store.tables.chat import PressRow

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Value = TypeVar("Value", bound="DataclassInstance")
StatusTable = TypeVar("StatusTable", NoticeRow, AlarmRow, PressRow)
Listed = TypeVar("Listed")
MOST_IN_A_QUERY = 500
NOTHING: Mapping[str, object] = {}


class NeverStored(RuntimeError):
    """We cannot use a row's id, because the row was never written to the database."""


class NumberedRow(Protocol):
    """A row whose id is assigned by the database on insert."""

    id: int | None


def stored_id(row: NumberedRow) -> int:
    """Return the id of a row that is in the database; raises NeverStored."""
    if row.id is None:
        raise NeverStored(f"{type(row).__name__} without an id: flush it first")
    return row.id


def add_once(session: Session, row: SQLModel) -> bool:
    """Add a row unless its unique key exists; return whether it was added.

    Two processes may add it at once: the second one writes nothing and continues.
    """
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError:
        return False
    return True


def change_if(
    session: Session,
    table: type[StatusTable],
    row_id: int,
    *,
    was: StrEnum,
    values: Mapping[str, object],
) -> bool:
    """Change a row if its status is still `was` (compare and swap); return whether it changed."""
    changed = session.exec(
        update(table)
        .where(col(table.id) == row_id)
        .where(col(table.status) == was)
        .values(**values)
    )
    return changed.rowcount == 1


def portions(listed: Sequence[Listed]) -> Iterator[Sequence[Listed]]:
    """Split a sequence into portions that each fit into one query."""
    for start in range(0, len(listed), MOST_IN_A_QUERY):
        yield listed[start : start + MOST_IN_A_QUERY]


def value_of(kind: type[Value], row: object, given: Mapping[str, object] = NOTHING) -> Value:
    """Return a value built from the columns of a row; `given` are fields stored elsewhere."""
    names = (field.name for field in fields(kind) if field.name not in given)
    return kind(**{name: getattr(row, name) for name in names}, **given)


def columns_of(value: "DataclassInstance", *, but_for: Collection[str] = ()) -> dict[str, Any]:
    """Return the fields of a value as columns of its row, except those stored elsewhere."""
    names = (field.name for field in fields(value) if field.name not in but_for)
    return {name: getattr(value, name) for name in names}
