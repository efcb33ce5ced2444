"""Remediations: what an evaluation's shortfalls ask to be put right, by whom and by when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from junheng.domain.duties import DutyRoster
from junheng.domain.findings import Finding, Verdict
from junheng.domain.ladder import TimeLimits
from junheng.domain.standard import Grain, Line
from junheng.domain.workdays import WorkCalendar, due_on


class Status(StrEnum):
    """Where a remediation stands."""

    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Shortfall:
    """One line not met by one accountable unit, with the failing sections or classes of it."""

    line: Line
    owner: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Order:
    """A shortfall handed over: who leads, who supports, on which clause, by which day."""

    indicator: str
    unit: str
    unit_name: str
    lead: str
    supporting: tuple[str, ...]
    basis: str
    items: tuple[str, ...]
    opened_on: date
    due_on: date


def shortfalls(findings: Iterable[Finding], lines: Mapping[str, Line]) -> tuple[Shortfall, ...]:
    """Return what must be put right, one for each indicator and accountable unit.

    What a school did not report is asked for once, under SUB, and not line by line.
    """
    failing: dict[tuple[str, str], list[str]] = {}
    for finding in findings:
        line = lines[finding.indicator]
        is_unreported = line.per is Grain.SUBMISSION and finding.verdict is Verdict.NOT_REPORTED
        if finding.verdict is Verdict.NOT_MET or is_unreported:
            items = failing.setdefault((finding.indicator, finding.owner), [])
            items.extend([finding.unit] if finding.unit != finding.owner else [])
    return tuple(
        Shortfall(lines[indicator], owner, tuple(items))
        for (indicator, owner), items in failing.items()
    )


def orders(
    found: Iterable[Shortfall],
    *,
    roster: DutyRoster,
    towns: Mapping[str, str],
    names: Mapping[str, str],
    limits: TimeLimits,
    calendar: WorkCalendar,
    today: date,
) -> tuple[Order, ...]:
    """Return the orders that answer shortfalls; `towns` and `names` are those of the schools.

    Raises:
        DutyMissing: nobody is named for a line.
        CalendarMissing: a due date falls into a year whose workdays are not known.

    """
    return tuple(
        _order(one, roster, towns, names, _due(one.line, limits, calendar, today), today)
        for one in found
    )


def _due(line: Line, limits: TimeLimits, calendar: WorkCalendar, today: date) -> date:
    return due_on(today, workdays=limits.workdays_for(line), calendar=calendar)


def _order(
    shortfall: Shortfall,
    roster: DutyRoster,
    towns: Mapping[str, str],
    names: Mapping[str, str],
    due: date,
    today: date,
) -> Order:
    owner = shortfall.owner
    assignment = roster.assign(shortfall.line, owner, town=towns.get(owner))
    return Order(
        indicator=shortfall.line.id,
        unit=owner,
        unit_name=names.get(owner, owner),
        lead=assignment.lead,
        supporting=assignment.supporting,
        basis=assignment.basis,
        items=shortfall.items,
        opened_on=today,
        due_on=due,
    )


def item_name(item: str, unit: str) -> str:
    """Return a section or class as people call it beside its school: 小学, 初中7年级1班."""
    return item.removeprefix(f"{unit}:").replace(":", "")
