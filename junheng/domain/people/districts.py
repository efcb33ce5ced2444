"""A district: its towns, and its departments with their dated names."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, Field

from junheng.values import Day, Frozen

EVERY_TOWN = "各镇街"


def _as_text(value: object) -> object:
    # YAML parses 370405 without quotation marks as a number, but codes are text.
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Code = Annotated[str, BeforeValidator(_as_text)]


class District(Frozen):
    """The required content of a district's `district.yaml`."""

    code: Code = Field(min_length=1)
    name: str = Field(min_length=1)
    towns: tuple[str, ...] = Field(min_length=1)


class DatedName(Frozen):
    """A name and the first day on which a department has it."""

    name: str
    from_: Day = Field(alias="from")


class Department(Frozen):
    """A department: `id` is its name in the plan, `names` are all names since then."""

    id: str
    names: tuple[DatedName, ...] = Field(min_length=1)

    def name_on(self, day: date) -> str:
        """Return the name on a day, the first name for earlier days."""
        known = [dated for dated in self.names if dated.from_ <= day]
        return max(known, key=lambda dated: dated.from_).name if known else self.names[0].name

    @property
    def all_names(self) -> frozenset[str]:
        return frozenset({self.id, *(dated.name for dated in self.names)})


def towns_in_place(units: Iterable[str], towns: Iterable[str]) -> tuple[str, ...]:
    """Return units with 各镇街 replaced by the given towns, each once, in order."""
    places = tuple(towns)
    expanded = (name for unit in units for name in (places if unit == EVERY_TOWN else (unit,)))
    return tuple(dict.fromkeys(expanded))
