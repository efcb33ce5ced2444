"""Rows and the values they keep: one conversion by the names of the fields, and the id of a row."""

from collections.abc import Collection, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Value = TypeVar("Value", bound="DataclassInstance")
NOTHING: Mapping[str, object] = {}


class NeverStored(RuntimeError):
    """We cannot use a row's id, because the row was never written to the database."""


class NumberedRow(Protocol):
    """A row whose id the database gives when the row is first written."""

    id: int | None


def stored_id(row: NumberedRow) -> int:
    """Return the id of a row that is in the database; raises NeverStored."""
    if row.id is None:
        raise NeverStored(f"{type(row).__name__} without an id: flush it first")
    return row.id


def value_of(kind: type[Value], row: object, given: Mapping[str, object] = NOTHING) -> Value:
    """Return the value that a row keeps, made of its columns; `given` are fields kept elsewhere."""
    names = (field.name for field in fields(kind) if field.name not in given)
    return kind(**{name: getattr(row, name) for name in names}, **given)


def columns_of(value: "DataclassInstance", *, but_for: Collection[str] = ()) -> dict[str, Any]:
    """Return the fields of a value as the columns of its row, but for those kept elsewhere."""
    names = (field.name for field in fields(value) if field.name not in but_for)
    return {name: getattr(value, name) for name in names}
