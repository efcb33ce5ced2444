"""The base types of all models that are read from files."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict


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
