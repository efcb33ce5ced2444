"""The rungs ahead: on which days a remediation will reach them, and who will be told by name."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from junheng.domain.contacts import Contacts
from junheng.domain.ladder import Audience, Ladder, Rung
from junheng.domain.remediation import Remediation
from junheng.domain.workdays import WorkCalendar, due_on, workdays_before


@dataclass(frozen=True, slots=True)
class RungAhead:
    """A rung that is still to come: its day, and the names of those who are told on it."""

    on: date
    rung: Rung
    names: tuple[str, ...]


def ahead(
    held: Remediation,
    *,
    ladder: Ladder,
    contacts: Contacts,
    today: date,
    calendar: WorkCalendar,
) -> tuple[RungAhead, ...]:
    """Return the rungs that a remediation reaches after today if nothing is done, next first.

    Who supports has days of its own: its rung is one of its own.
    """
    found: dict[tuple[date, str], RungAhead] = {}
    for audience, unit, due in _concerned(held, contacts.office):
        for rung in ladder.rungs:
            if audience not in rung.tells or rung.workdays_to_due is None:
                continue
            on = reached_on(rung.workdays_to_due, due, calendar=calendar)
            if on <= max(today, held.opened_on):
                continue
            name = contacts.of(unit, on).name
            known = found.get((on, rung.name))
            names = (*(known.names if known else ()), name)
            found[on, rung.name] = RungAhead(on, rung, tuple(dict.fromkeys(names)))
    order = {rung.name: at for at, rung in enumerate(ladder.rungs)}
    return tuple(sorted(found.values(), key=lambda one: (one.on, order[one.rung.name])))


def reached_on(workdays_to_due: int, due: date, *, calendar: WorkCalendar) -> date:
    """Return the workday on which so many workdays are left to a due date, or have passed it."""
    if workdays_to_due > 0:
        return workdays_before(due, workdays=workdays_to_due, calendar=calendar)
    if workdays_to_due < 0:
        return due_on(due, workdays=-workdays_to_due, calendar=calendar)
    return calendar.previous_workday(due)


def _concerned(held: Remediation, office: str) -> Iterator[tuple[Audience, str, date]]:
    yield Audience.LEAD, held.lead, held.due_on
    yield from _supporting(held)
    yield Audience.OFFICE, office, held.due_on


def _supporting(held: Remediation) -> Iterable[tuple[Audience, str, date]]:
    return (
        (Audience.SUPPORTING, part.unit, part.due_on)
        for part in held.parts
        if part.reported_on is None
    )
