"""Column types: instants in UTC, tuples as JSON, enums as the text of their members."""

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    DateTime,
    Dialect,
    TypeDecorator,
    type_coerce,
)
from sqlmodel import AutoString, Field

from junheng import wording
from junheng.refusals import Refusal


class UnknownText(Refusal):
    """We cannot read a row, because an enum column contains a text that is not a member."""


class Instant(TypeDecorator[datetime]):
    """An aware instant, stored in UTC, also in a database without time zones (SQLite)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class TextTuple(TypeDecorator[tuple[str, ...]]):
    """A tuple of texts, stored as a JSON list."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> Any:
        return None if value is None else list(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> tuple[str, ...] | None:
        return None if value is None else tuple(value)


class DateTuple(TypeDecorator[tuple[date, ...]]):
    """A tuple of dates, stored as a JSON list of ISO 8601 texts."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: tuple[date, ...] | None, dialect: Dialect) -> Any:
        return None if value is None else [day.isoformat() for day in value]

    def process_result_value(self, value: Any, dialect: Dialect) -> tuple[date, ...] | None:
        return None if value is None else tuple(map(date.fromisoformat, value))


class EnumText(TypeDecorator[StrEnum]):
    """An enum member, stored as its value in a text column."""

    impl = AutoString
    cache_ok = True

    def __init__(self, members: type[StrEnum]) -> None:
        super().__init__()
        self.members = members

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:
        return None if value is None else self.members(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        if value is None:
            return None
        try:
            return self.members(value)
        except ValueError:
            known = "、".join(self.members)
            unknown_text = wording.packaged().database.unknown_text
            raise UnknownText(unknown_text.format(text=value, known=known)) from None


def stored_text(column: Column[Any]) -> ColumnElement[Any]:
    """Return a column that selects its stored text without conversion to an enum member."""
    if isinstance(column.type, EnumText):
        return type_coerce(column, AutoString()).label(column.name)
    return column


def instant(*, nullable: bool = False) -> Any:
    return Field(sa_type=Instant, nullable=nullable, default=None if nullable else ...)


def enum_text(members: type[StrEnum], *, nullable: bool = False, index: bool = False) -> Any:
    sa_type: Any = EnumText(members)
    default = None if nullable else ...
    return Field(sa_type=sa_type, nullable=nullable, index=index, default=default)
