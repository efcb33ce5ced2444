"""Periods of recurring duties: their length, the names of their turns and their due days."""

import re
from calendar import monthrange
from datetime import date
from enum import StrEnum

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from junheng.values import Frozen
from junheng.wording.ledger.ledger import TurnNames

MONTHS = 12
# A year with a 29 February, so that this day is accepted.
LEAP_YEAR = 2024


class Period(StrEnum):
    """How often a duty recurs."""

    YEAR = "year"
    HALF_YEAR = "half_year"
    QUARTER = "quarter"
    MONTH = "month"

    @property
    def months(self) -> int:
        match self:
            case Period.YEAR:
                return 12
            case Period.HALF_YEAR:
                return 6
            case Period.QUARTER:
                return 3
            case Period.MONTH:
                return 1

    @property
    def turns(self) -> int:
        """The number of turns in a year."""
        return MONTHS // self.months

    def name_of(self, year: int, turn: int) -> str:
        """Return the name of one turn: 2026, 2026-H1, 2026-Q1, 2026-03."""
        match self:
            case Period.YEAR:
                return f"{year}"
            case Period.HALF_YEAR:
                return f"{year}-H{turn}"
            case Period.QUARTER:
                return f"{year}-Q{turn}"
            case Period.MONTH:
                return f"{year}-{turn:02}"


class DueDay(Frozen):
    """A day of every year (12-31), or of every month (25); a shorter month ends on its last day."""

    month: int | None = None
    day: int

    @model_validator(mode="before")
    @classmethod
    def _as_written(cls, written: object) -> object:
        if not isinstance(written, (int, str)):
            return written
        parts = re.fullmatch(r"(?:(\d{1,2})-)?(\d{1,2})", str(written))
        if parts is None or not _is_a_day(int(parts[1] or 1), int(parts[2])):
            context = {"written": str(written)}
            raise PydanticCustomError("no_due_day", "{written} is no day of a year", context)
        return {"month": parts[1] and int(parts[1]), "day": int(parts[2])}

    def of_month(self, year: int, month: int) -> date:
        return date(year, month, min(self.day, monthrange(year, month)[1]))


def display_name(period: str, names: TurnNames) -> str:
    """Return the Chinese name of a turn: 2026年, 2026年上半年, 2026年一季度, 2026年3月."""
    year, _, turn = period.partition("-")
    if turn.isdigit():
        return names.month.format(year=year, month=int(turn))
    return names.of(turn or "year").format(year=year)


def _is_a_day(month: int, day: int) -> bool:
    return 1 <= month <= MONTHS and 1 <= day <= monthrange(LEAP_YEAR, month)[1]
