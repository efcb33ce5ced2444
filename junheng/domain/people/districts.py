"""A district: its towns, its departments with their dated names, and who is told."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, Field

from junheng.values import Day, Frozen

EVERY_TOWN = "各镇街"


def _as_text(value: object) -> object:
    # 370405 without quotation marks is a number to YAML, though no code is ever reckoned with.
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Code = Annotated[str, BeforeValidator(_as_text)]


class District(Frozen):
    """A folder with this much in its `district.yaml` is enough for a district."""

    code: Code = Field(min_length=1)
    name: str = Field(min_length=1)
    towns: tuple[str, ...] = Field(min_length=1)


class DatedName(Frozen):
    """A name and the first day on which a department bears it."""

    name: str
    from_: Day = Field(alias="from")


class Department(Frozen):
    """A department under the name that the plan prints, with every name it has had since."""

    id: str
    names: tuple[DatedName, ...] = Field(min_length=1)

    def name_on(self, day: date) -> str:
        """Return the name of the day; before the first, the first."""
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
