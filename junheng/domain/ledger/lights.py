"""Lights: blue, yellow or red, by one dated rule for all places that show a remediation."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from junheng.domain.ledger.milestones import Milestone
from junheng.domain.workdays import WorkCalendar, workdays_between
from junheng.values import Day, Frozen


class Light(StrEnum):
    """How close a remediation is to its nearest date."""

    BLUE = "blue"
    YELLOW = "yellow"
    RED = "red"


class LightRule(Frozen):
    """From one day on: yellow with at most `yellow_workdays` left, red with under `red_workdays`.

    An overdue remediation is always red.
    """

    from_: Day = Field(alias="from")
    yellow_workdays: int = Field(ge=0)
    red_workdays: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _yellow_comes_before_red(self) -> Self:
        if self.red_workdays > self.yellow_workdays:
            raise PydanticCustomError("no_yellow_light", "red_workdays exceed yellow_workdays")
        return self


class LightRules(Frozen):
    """All rules, oldest first."""

    rules: tuple[LightRule, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _is_dated_in_order(self) -> Self:
        if any(later.from_ <= earlier.from_ for earlier, later in pairwise(self.rules)):
            raise PydanticCustomError("light_rules_disordered", "rules are not in order of from")
        return self

    def rule_on(self, day: date) -> LightRule:
        """Return the rule of the day, the first rule for earlier days."""
        return next((rule for rule in reversed(self.rules) if rule.from_ <= day), self.rules[0])


def light(
    due_on: date,
    *,
    milestones: Iterable[Milestone] = (),
    stopped_on: date | None,
    today: date,
    rules: LightRules,
    calendar: WorkCalendar,
) -> Light:
    """Return the light of a day, by the nearest date that is still open.

    From the day on which the unit reported (`stopped_on`), the light no longer changes.

    Raises:
        CalendarMissing: the nearest date is in a year without a calendar.

    """
    day = today if stopped_on is None else min(today, stopped_on)
    nearest = nearest_due_on(due_on, milestones=milestones, today=day)
    if day > nearest:
        return Light.RED
    rule, left = rules.rule_on(day), workdays_between(day, nearest, calendar=calendar)
    if left < rule.red_workdays:
        return Light.RED
    return Light.YELLOW if left <= rule.yellow_workdays else Light.BLUE


def nearest_due_on(due_on: date, *, milestones: Iterable[Milestone], today: date) -> date:
    """Return the earliest open date: that of an open milestone, or the due date itself."""
    open_dates = (milestone.due_on for milestone in milestones if not milestone.is_done_by(today))
    return min((due_on, *open_dates))
