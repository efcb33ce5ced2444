"""Models of the files of config/ that contain a single list."""

from typing import Any

from pydantic import Field, model_validator

from junheng.domain.judging.recognition import Condition
from junheng.domain.people.districts import Department
from junheng.domain.standard.standard import Line
from junheng.values import Day, Frozen


class Departments(Frozen):
    """departments.yaml of a district."""

    departments: tuple[Department, ...]


class Conditions(Frozen):
    """recognition.yaml of the standard."""

    conditions: tuple[Condition, ...] = Field(min_length=1)


class Lines(Frozen):
    """A file of lines; its `group` is the default of every line in it."""

    group: str | None = None
    lines: tuple[Line, ...] = Field(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _lines_have_the_group(cls, content: Any) -> Any:
        match content:
            case {"group": str(group), "lines": list(lines)}:
                grouped = [
                    {"group": group, **line} if isinstance(line, dict) else line for line in lines
                ]
                return content | {"lines": grouped}
            case _:
                return content


class Holiday(Frozen):
    """One day off, and its festival."""

    day: Day
    name: str


class CalendarFile(Frozen):
    """The State Council's notice for a year: days off and makeup workdays."""

    year: int
    notice: str
    holidays: tuple[Holiday, ...]
    makeup_days: tuple[Day, ...]
