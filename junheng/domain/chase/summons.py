"""The summons list (约谈、问责名单): the units of which the leading group is notified, and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from junheng.domain.chase.digests import Chased, rung_reached
from junheng.domain.chase.ladder import Rung
from junheng.domain.ledger.remediation import Remediation
from junheng.domain.workdays import WorkCalendar, workdays_between

# By their names in ladder.yaml, the lower first.
SUMMONED_BY = ("summons", "accountability")


@dataclass(frozen=True, slots=True)
class Summoned:
    """A unit that leads remediations at 约谈 or 问责: the highest rung, and the oldest due date."""

    lead: str
    rung: Rung
    oldest_due_on: date
    workdays_overdue: int
    references: tuple[str, ...]


def summoned(
    chased_today: Iterable[Chased], *, today: date, calendar: WorkCalendar
) -> tuple[Summoned, ...]:
    """Return the units to summon on a day, the longest overdue first."""
    by_lead: dict[str, list[tuple[Remediation, Rung]]] = {}
    for chased in chased_today:
        remediation = chased.remediation
        rung = rung_reached(
            remediation,
            due_on=remediation.due_on,
            rungs=chased.ladder.rungs,
            today=today,
            calendar=calendar,
        )
        if rung is not None and rung.name in SUMMONED_BY:
            by_lead.setdefault(remediation.lead, []).append((remediation, rung))
    found = (_of_unit(lead, reached, today, calendar) for lead, reached in by_lead.items())
    return tuple(sorted(found, key=lambda unit: (unit.oldest_due_on, unit.lead)))


def _of_unit(
    lead: str,
    reached: list[tuple[Remediation, Rung]],
    today: date,
    calendar: WorkCalendar,
) -> Summoned:
    oldest = min(remediation.due_on for remediation, _ in reached)
    highest = max((rung for _, rung in reached), key=lambda rung: SUMMONED_BY.index(rung.name))
    return Summoned(
        lead=lead,
        rung=highest,
        oldest_due_on=oldest,
        workdays_overdue=workdays_between(oldest, today, calendar=calendar),
        references=tuple(sorted(remediation.reference for remediation, _ in reached)),
    )
