"""The base types of all models that are read from files."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


class Frozen(BaseModel):
    """The base of all models that are read from files."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


def _as_date(value: object) -> object:
    # An invalid date is left as it is: the model reports it with its place.
    try:
        return date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return value


Day = Annotated[date, BeforeValidator(_as_date)]


class Period(Frozen):
    """Something in force from a first to a last day, both optional."""

    from_: Day | None = Field(default=None, alias="from")
    until: Day | None = None

    @property
    def begins_on(self) -> date:
        return self.from_ or date.min

    @property
    def ends_on(self) -> date:
        """The last day."""
        return self.until or date.max

    def is_in_force(self, day: date) -> bool:
        return self.begins_on <= day <= self.ends_on
