"""Milestones: the steps of long works, each with its own date, and how the dates shift."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from junheng import wording
from junheng.domain.workdays import WorkCalendar, workdays_between
from junheng.domain.workdays import due_on as end_of_limit
from junheng.values import Frozen


class MilestonesMoveBack(ValueError):
    """We cannot move milestones, because the new day is earlier than the promised one."""


@dataclass(frozen=True, slots=True)
class Milestone:
    """One step of a work, its due date, and the day it was done."""

    position: int
    name: str
    due_on: date
    done_on: date | None = None

    def is_done_by(self, day: date) -> bool:
        return self.done_on is not None and self.done_on <= day


class Step(Frozen):
    """One step of a template; the last has no workdays: it ends with the remediation."""

    name: str = Field(min_length=1)
    workdays: int | None = Field(default=None, ge=1)


class Work(Frozen):
    """The steps of one kind of work, for the lines that require it."""

    lines: tuple[str, ...] = Field(min_length=1)
    steps: tuple[Step, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _steps_come_in_order(self) -> Self:
        *before, last = (step.workdays for step in self.steps)
        days = [workdays for workdays in before if workdays is not None]
        if last is not None or len(days) != len(before):
            raise PydanticCustomError("last_step", "the last step alone has no workdays")
        if days != sorted(set(days)):
            raise PydanticCustomError("steps_disordered", "workdays do not grow")
        return self


class MilestonePlans(Frozen):
    """The steps of all long works; a line that is not listed has no milestones."""

    works: tuple[Work, ...] = ()

    @model_validator(mode="after")
    def _a_line_has_one_plan(self) -> Self:
        named = [line for work in self.works for line in work.lines]
        if len(named) != len(self.lines):
            raise PydanticCustomError("line_twice", "a line is listed twice")
        return self

    @property
    def lines(self) -> frozenset[str]:
        return frozenset(line for work in self.works for line in work.lines)

    def steps_of(self, line_id: str) -> tuple[Step, ...]:
        return next((work.steps for work in self.works if line_id in work.lines), ())


def planned(
    line_id: str,
    *,
    opened_on: date,
    due_on: date,
    plans: MilestonePlans,
    calendar: WorkCalendar,
) -> tuple[Milestone, ...]:
    """Return the milestones of a remediation: the last on its due date, none after it."""
    return tuple(
        Milestone(position, step.name, _planned_on(step, opened_on, due_on, calendar))
        for position, step in enumerate(plans.steps_of(line_id), 1)
    )


def shifted(
    milestones: tuple[Milestone, ...], *, workdays: int, calendar: WorkCalendar
) -> tuple[Milestone, ...]:
    """Return milestones with the open ones moved by some workdays, as after a suspension.

    Raises:
        MilestonesMoveBack: the number of workdays is negative.

    """
    if workdays < 0:
        earlier_by = wording.packaged().milestones.earlier_by
        raise MilestonesMoveBack(earlier_by.format(workdays=-workdays))
    if workdays == 0:
        return milestones
    return tuple(
        milestone
        if milestone.done_on is not None
        else replace(
            milestone,
            due_on=end_of_limit(milestone.due_on, workdays=workdays, calendar=calendar),
        )
        for milestone in milestones
    )


def extended(
    milestones: tuple[Milestone, ...], *, was_due_on: date, due_on: date, calendar: WorkCalendar
) -> tuple[Milestone, ...]:
    """Return milestones shifted for a new due date; one due on the old date is due on the new.

    Raises:
        MilestonesMoveBack: the new date is before the old one.

    """
    if due_on < was_due_on:
        earlier_than = wording.packaged().milestones.earlier_than
        raise MilestonesMoveBack(earlier_than.format(was_due_on=was_due_on, due_on=due_on))
    later = workdays_between(was_due_on, due_on, calendar=calendar)
    moved = shifted(milestones, workdays=later, calendar=calendar)
    return tuple(
        after
        if before.done_on is not None
        else replace(
            after, due_on=due_on if before.due_on == was_due_on else min(after.due_on, due_on)
        )
        for before, after in zip(milestones, moved, strict=True)
    )


def _planned_on(step: Step, opened_on: date, due_on: date, calendar: WorkCalendar) -> date:
    if step.workdays is None:
        return due_on
    step_due_on = end_of_limit(opened_on, workdays=step.workdays, calendar=calendar)
    return min(step_due_on, due_on)
