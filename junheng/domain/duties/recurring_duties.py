"""Recurring duties of the plan and the duty list, and when each turn opens."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Self

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from junheng.domain.duties.periods import DueDay, Period
from junheng.domain.duties.responsibilities import Assignment
from junheng.domain.people.districts import towns_in_place
from junheng.domain.workdays import WorkCalendar, workdays_before
from junheng.values import Day, Frozen

# Less than a year of workdays: a turn never opens earlier than in the year before its due day.
MOST_NOTICE = 240


class Opens(StrEnum):
    """When a turn opens, if not a number of workdays before its due day."""

    PERIOD_START = "period_start"


class RecurringDuty(Frozen):
    """One recurring obligation (例行事项), as it is valid from one day on."""

    id: str
    name: str = Field(min_length=1)
    basis: str = Field(min_length=1)
    plan_tasks: tuple[int, ...] = ()
    lead: str = Field(min_length=1)
    supporting: tuple[str, ...] = ()
    period: Period
    due: tuple[DueDay, ...]
    opens: Opens | None = None
    opens_workdays_before: int | None = Field(default=None, ge=1, le=MOST_NOTICE)
    evidence: tuple[str, ...] = Field(min_length=1)
    from_: Day = Field(alias="from")
    until: Day | None = None

    @field_validator("id")
    @classmethod
    def _id_has_the_form_of_a_duty(cls, written: str) -> str:
        if not re.fullmatch(r"D\d\d", written):
            raise PydanticCustomError("duty_id", "an id is written D01")
        return written

    @model_validator(mode="after")
    def _opens_in_one_way(self) -> Self:
        if (self.opens is None) == (self.opens_workdays_before is None):
            raise PydanticCustomError("opens_in_one_way", "a turn opens in one way")
        return self

    @model_validator(mode="after")
    def _due_days_fit_the_period(self) -> Self:
        if self.period is Period.MONTH:
            fits = len(self.due) == 1 and self.due[0].month is None
        else:
            fits = [self._turn_of(day) for day in self.due] == [*range(1, self.period.turns + 1)]
        if not fits:
            raise PydanticCustomError("due_days", "each turn has one due day, within it")
        return self

    def _turn_of(self, day: DueDay) -> int | None:
        return None if day.month is None else (day.month - 1) // self.period.months + 1

    def units(self, towns: Collection[str]) -> tuple[str, ...]:
        """Return the units that owe it: the lead, or each of the towns."""
        return towns_in_place((self.lead,), towns)

    def assignment(self, unit: str, towns: Collection[str]) -> Assignment:
        """Return the assignment with `unit` as lead; the other named units support it."""
        supporting = towns_in_place(self.supporting, towns)
        return Assignment(unit, tuple(name for name in supporting if name != unit), self.basis)

    def due_on(self, year: int, turn: int) -> date:
        """Return the due day of a turn, which may be a rest day."""
        due = self.due[0] if self.period is Period.MONTH else self.due[turn - 1]
        return due.of_month(year, due.month or turn)

    def opens_on(self, year: int, turn: int, calendar: WorkCalendar) -> date:
        """Return the day a turn opens; raises CalendarMissing."""
        if self.opens_workdays_before is None:
            return date(year, (turn - 1) * self.period.months + 1, 1)
        due = self.due_on(year, turn)
        return workdays_before(due, workdays=self.opens_workdays_before, calendar=calendar)

    def may_be_open(self, year: int, turn: int, today: date) -> bool:
        """Return whether a turn can have opened by today, without using the calendar.

        Future years may have no calendar yet. Holidays never double a time limit of more than a
        month, so a turn due later than that has not opened.
        """
        if self.opens_workdays_before is None:
            return date(year, (turn - 1) * self.period.months + 1, 1) <= today
        reach = timedelta(days=2 * self.opens_workdays_before + 30)
        return self.due_on(year, turn) <= today + reach


class Defaults(Frozen):
    """The defaults of all entries."""

    from_: Day | None = Field(default=None, alias="from")
    until: Day | None = None
    period: Period | None = None
    opens: Opens | None = None
    opens_workdays_before: int | None = None
    evidence: tuple[str, ...] | None = None
    lead: str | None = None
    supporting: tuple[str, ...] | None = None
    basis: str | None = None
    plan_tasks: tuple[int, ...] | None = None
    due: tuple[DueDay, ...] | None = None


class RecurringDuties(Frozen):
    """All recurring duties; a changed duty is a second entry with the same id and a later day."""

    defaults: Defaults = Defaults()
    duties: tuple[RecurringDuty, ...]

    @model_validator(mode="before")
    @classmethod
    def _filled_in(cls, content: Any) -> Any:
        """Return the entries completed with the file's `defaults`."""
        match content:
            case {"defaults": dict(defaults), "duties": list(duties)}:
                known = {key: value for key, value in defaults.items() if key in _KNOWN_DEFAULTS}
                return content | {"duties": [_with_defaults(known, duty) for duty in duties]}
            case _:
                return content

    @model_validator(mode="after")
    def _entries_are_apart(self) -> Self:
        entries = [(duty.id, duty.from_) for duty in self.duties]
        if doubled := sorted({id_ for id_, day in entries if entries.count((id_, day)) > 1}):
            context = {"ids": "、".join(doubled)}
            raise PydanticCustomError("duty_twice", "{ids}: two entries from one day", context)
        return self

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(duty.id for duty in self.duties))

    def entry(self, duty_id: str, *, due_on: date) -> RecurringDuty | None:
        """Return the entry that applies to a due day: the newest that had begun on that day."""
        begun = [duty for duty in self.duties if duty.id == duty_id and duty.from_ <= due_on]
        newest = max(begun, key=lambda duty: duty.from_, default=None)
        ended = newest is None or (newest.until is not None and newest.until < due_on)
        return None if ended else newest


_KNOWN_DEFAULTS = {field.alias or name for name, field in Defaults.model_fields.items()}


def _with_defaults(defaults: dict[str, Any], duty: Any) -> Any:
    if not isinstance(duty, dict):
        return duty
    has_opens = "opens" in duty
    applicable = {
        key: value for key, value in defaults.items() if not (has_opens and "opens" in key)
    }
    return applicable | duty


@dataclass(frozen=True, slots=True)
class Instance:
    """One turn of a recurring duty for one unit; `period` is 2026, 2026-H1, 2026-Q1…"""

    duty: RecurringDuty
    unit: str
    period: str
    opened_on: date
    due_on: date


@dataclass(frozen=True, slots=True)
class _Turn:
    duty: RecurringDuty
    period: str
    opens_on: date
    due_on: date


def instances_due(
    duties: RecurringDuties,
    *,
    today: date,
    opened: Collection[tuple[str, str, str]],
    towns: Collection[str],
    calendar: WorkCalendar,
) -> tuple[Instance, ...]:
    """Return the instances to open today; `opened` is every (duty id, unit, period) opened so far.

    The first turn of a unit opens only between its opening day and its due day, so that no past
    years are opened. After that, every turn opens whose day has come, even if a run missed it.

    Raises:
        CalendarMissing: a required day is in a year without a calendar.

    """
    known: dict[tuple[str, str], set[str]] = {}
    for duty_id, unit, period in opened:
        known.setdefault((duty_id, unit), set()).add(period)
    instances: list[Instance] = []
    for duty_id in duties.ids:
        for unit in _units(duties, duty_id, towns):
            periods = known.get((duty_id, unit), set())
            since = max((int(period[:4]) - 1 for period in periods), default=today.year)
            turns = [
                turn
                for turn in _turns(duties, duty_id, since=since, today=today, calendar=calendar)
                if unit in turn.duty.units(towns)
            ]
            instances += [
                Instance(turn.duty, unit, turn.period, today, turn.due_on)
                for turn in _to_open(turns, known=periods, today=today)
            ]
    return tuple(instances)


def _units(duties: RecurringDuties, duty_id: str, towns: Collection[str]) -> tuple[str, ...]:
    leads = (duty.lead for duty in duties.duties if duty.id == duty_id)
    return towns_in_place(leads, towns)


def _turns(
    duties: RecurringDuties,
    duty_id: str,
    *,
    since: int,
    today: date,
    calendar: WorkCalendar,
) -> Iterator[_Turn]:
    """Yield the turns of a duty that may have opened, from the year `since` on."""
    for duty in (entry for entry in duties.duties if entry.id == duty_id):
        for year in range(since, today.year + 2):
            for turn in range(1, duty.period.turns + 1):
                due = duty.due_on(year, turn)
                in_force = duties.entry(duty_id, due_on=due) is duty
                if in_force and duty.may_be_open(year, turn, today):
                    opens = duty.opens_on(year, turn, calendar)
                    yield _Turn(duty, duty.period.name_of(year, turn), opens, due)


def _to_open(turns: Sequence[_Turn], *, known: Collection[str], today: date) -> Iterator[_Turn]:
    # In the order of opening, not of due days: a longer notice may let a later turn open first.
    newest = max((turn.opens_on for turn in turns if turn.period in known), default=None)
    for turn in sorted(turns, key=lambda turn: turn.due_on):
        begun = turn.opens_on <= today and turn.period not in known
        if begun and (today <= turn.due_on if newest is None else newest < turn.opens_on):
            yield turn
