"""School years: the day whose rules and forms apply to a year, and what is in force on a day."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Self, TypeVar

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from junheng.values import Day, Period

FIRST_DAY = (9, 1)


def judged_on(school_year: int) -> date:
    """Return the day whose rules apply to a school year: 1 September, its counting date."""
    return date(max(school_year, date.min.year), *FIRST_DAY)


def next_judged_on(day: date) -> date:
    """Return the first judging day (1 September) on or after a day."""
    own = judged_on(day.year)
    return own if day <= own or day.year == date.max.year else judged_on(day.year + 1)


def _as_day(written: object) -> object:
    # A school year may stand for its day: 2026 is 2026-09-01.
    if not isinstance(written, int) or isinstance(written, bool):
        return written
    return judged_on(written) if date.min.year <= written <= date.max.year else written


SchoolYearDay = Annotated[Day, BeforeValidator(_as_day)]


class Dated(Period):
    """A period whose days may also be written as school years."""

    from_: SchoolYearDay | None = Field(default=None, alias="from")
    until: SchoolYearDay | None = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.ends_on < self.begins_on:
            raise PydanticCustomError("until_before_from", "until is before from")
        return self

    def is_at_once_with(self, other: "Dated") -> bool:
        """Return whether both are in force in one school year."""
        first, last = max(self.begins_on, other.begins_on), min(self.ends_on, other.ends_on)
        return first <= last and next_judged_on(first) <= last


AnyDated = TypeVar("AnyDated", bound=Dated)


def newest_in_force(editions: Iterable[AnyDated], day: date) -> AnyDated | None:
    """Return the newest edition in force on a day, None if there is none."""
    in_force = [edition for edition in editions if edition.is_in_force(day)]
    return max(in_force, key=lambda edition: edition.begins_on, default=None)
