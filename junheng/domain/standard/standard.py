"""The standard as data: lines, their dated editions, and the editions in force."""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import Discriminator, Field, FiniteFloat, Tag, model_validator

from junheng.domain.school_years import Dated, SchoolYearDay, newest_in_force
from junheng.values import Frozen

# The prefix of citations of the district's plan: 重点任务7.
_PLAN_TASK = "重点任务"


class Grain(StrEnum):
    """The kind of unit that a line judges: one verdict for each such unit."""

    SECTION = "section"
    STAGE = "stage"
    SCHOOL = "school"
    CLASS = "class"
    DISTRICT = "district"
    SUBJECT = "subject"
    PLAN_TASK = "plan_task"
    PROJECT = "project"
    SUBMISSION = "submission"


class Severity(StrEnum):
    """The weight of a line: a veto, a condition for recognition, or advice."""

    VETO = "veto"
    MUST = "must"
    ADVISORY = "advisory"


class Holds(StrEnum):
    """How a value is compared with its threshold."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    ABOVE = "above"
    BELOW = "below"
    IS_TRUE = "is_true"


class MeasuredThreshold(Frozen):
    """A threshold that depends on the unit itself, computed by a measure."""

    measure: str
    with_: dict[str, Any] = Field(default_factory=dict, alias="with")


class Lever(Frozen):
    """The figure that must change if a line is not met, and the thing to buy or build."""

    name: str
    figure: str
    unit: str
    step: float = Field(default=1, gt=0)
    # The part of the measure that this figure changes, if the measure is a minimum of parts.
    part: str | None = None


def _kind_of_threshold(written: object) -> str:
    if isinstance(written, MeasuredThreshold) or (
        isinstance(written, dict) and ("measure" in written or "with" in written)
    ):
        return "measured"
    return "keyed" if isinstance(written, dict) else "number"


Threshold = Annotated[
    Annotated[FiniteFloat, Tag("number")]
    | Annotated[dict[str, FiniteFloat], Tag("keyed")]
    | Annotated[MeasuredThreshold, Tag("measured")],
    Discriminator(_kind_of_threshold),
]


class Edition(Dated):
    """A line as it is valid from one day on: measure, threshold and applicability."""

    from_: SchoolYearDay = Field(alias="from")
    clause: str | None = None
    measure: str
    with_: dict[str, Any] = Field(default_factory=dict, alias="with")
    among: str | None = None
    among_with: dict[str, Any] = Field(default_factory=dict)
    applies: str | None = None
    applies_with: dict[str, Any] = Field(default_factory=dict)
    holds: Holds
    by: str | None = None
    by_with: dict[str, Any] = Field(default_factory=dict)
    threshold: Threshold | None = None
    # Information for readers that the formula does not contain.
    note: str = ""
    also: str | None = None
    also_with: dict[str, Any] = Field(default_factory=dict)
    # Ids of other lines in config; `Standard.in_force` replaces them with their editions, each
    # with the id of its `line`.
    of: tuple["str | Edition", ...] = ()
    line: str | None = None

    @model_validator(mode="after")
    def _threshold_fits(self) -> Self:
        if (self.holds is Holds.IS_TRUE) != (self.threshold is None):
            raise ValueError("`is_true` takes no threshold; every other comparison needs one")
        if isinstance(self.threshold, dict) and self.by is None:
            raise ValueError("a threshold with keys needs `by`")
        return self

    @property
    def editions_of(self) -> tuple["Edition", ...]:
        """The editions that this one combines; raises ValueError while they are only ids."""
        editions = tuple(part for part in self.of if isinstance(part, Edition))
        if len(editions) != len(self.of):
            raise ValueError(f"lines not in force: {self.of}")
        return editions


class Line(Frozen):
    """One line of the standard, with all its editions."""

    id: str
    name: str
    group: str
    per: Grain
    unit: str = ""
    decimals: int | None = None
    severity: Severity
    plan_tasks: tuple[int, ...] = ()
    clause: str
    repeat: str | None = None
    levers: tuple[Lever, ...] = ()
    editions: tuple[Edition, ...] = Field(min_length=1)

    def edition_on(self, day: date) -> Edition | None:
        """Return the newest edition in force on a day, None if there is none."""
        return newest_in_force(self.editions, day)


class Rule(Frozen):
    """A line with the edition that applies to a given year."""

    line: Line
    edition: Edition

    @property
    def id(self) -> str:
        return self.line.id

    @property
    def clause(self) -> str:
        """Return the clause of this edition, by default the line's."""
        return self.edition.clause or self.line.clause


class Standard(Frozen):
    """All lines, in the order of publication."""

    lines: tuple[Line, ...]

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Self:
        ids = [line.id for line in self.lines]
        doubled = sorted({line_id for line_id in ids if ids.count(line_id) > 1})
        if doubled:
            raise ValueError(f"lines given twice: {doubled}")
        return self

    @property
    def ids(self) -> frozenset[str]:
        return frozenset(line.id for line in self.lines)

    def line(self, line_id: str) -> Line | None:
        """Return a line by its id, None if it does not exist."""
        return next((line for line in self.lines if line.id == line_id), None)

    def in_force(self, day: date) -> tuple[Rule, ...]:
        """Return the rules of a day; a combined line contains the editions of that day."""
        editions = {line.id: line.edition_on(day) for line in self.lines}
        return tuple(
            Rule(line=line, edition=_resolved(edition, editions))
            for line in self.lines
            if (edition := editions[line.id]) is not None
        )


def _resolved(edition: Edition, editions: Mapping[str, Edition | None]) -> Edition:
    def part(of: "str | Edition") -> "str | Edition":
        found = editions.get(of) if isinstance(of, str) else None
        return of if found is None else found.model_copy(update={"line": of})

    return edition.model_copy(update={"of": tuple(part(of) for of in edition.of)})


def plan_task_cited(number: int) -> str:
    """Return the citation of a plan task as the basis of a duty or a line."""
    return f"{_PLAN_TASK}{number}"


def repeated_for_plan_tasks(line: Line, tasks: Iterable[tuple[int, str]]) -> tuple[Line, ...]:
    """Return one line for each (number, title) of the plan: T01, T02, …"""
    return tuple(
        line.model_copy(
            update={
                "id": f"{line.id}{number:02d}",
                "name": f"{line.name}：{title}",
                "plan_tasks": (number,),
                "clause": f"{line.clause} {plan_task_cited(number)}",
                "repeat": None,
                "editions": tuple(
                    edition.model_copy(
                        update={"among": "of_plan_task", "among_with": {"number": number}},
                    )
                    for edition in line.editions
                ),
            },
        )
        for number, title in tasks
    )
