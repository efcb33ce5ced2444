"""What everything that comes from a file is built of."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict


class Frozen(BaseModel):
    """The base of everything that comes from a file."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


def _as_date(value: object) -> object:
    # What is no date stays as it stands: the model says so, with its place.
    try:
        return date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return value


Day = Annotated[date, BeforeValidator(_as_date)]
