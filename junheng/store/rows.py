"""Stored rows: the id of each."""

from typing import Protocol


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
