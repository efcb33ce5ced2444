"""The rungs ahead: on which days a remediation will reach them, and who will be told by name."""

from dataclasses import dataclass
from datetime import date

from junheng.domain.chase.ladder import LadderInForce, Rung
from junheng.domain.chase.readers import PeopleOfDay, readers
from junheng.domain.ledger.remediation import Remediation
from junheng.domain.people.contacts import Contacts
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
    ladder: LadderInForce,
    contacts: Contacts,
    today: date,
    calendar: WorkCalendar,
) -> tuple[RungAhead, ...]:
    """Return the rungs that a remediation reaches after today if nothing is done, next first.

    Who supports has days of its own: its rung is one of its own.
    """
    found: dict[tuple[date, str], RungAhead] = {}
    due_days = dict.fromkeys((None, *(part.due_on for part in held.parts_left)))
    for rung in ladder.rungs:
        if rung.workdays_to_due is None:
            continue
        for own_due_on in due_days:
            due = own_due_on or held.due_on
            on = reached_on(rung.workdays_to_due, due, calendar=calendar)
            people = PeopleOfDay(contacts, on)
            names = _told(held, rung, own_due_on, ladder, people)
            if on > max(today, held.opened_on) and names:
                known = found.get((on, rung.name))
                every = (*(known.names if known else ()), *names)
                found[on, rung.name] = RungAhead(on, rung, tuple(dict.fromkeys(every)))
    return tuple(sorted(found.values(), key=lambda one: (one.on, ladder.place(one.rung.name))))


def reached_on(workdays_to_due: int, due: date, *, calendar: WorkCalendar) -> date:
    """Return the workday on which so many workdays are left to a due date, or have passed it."""
    if workdays_to_due > 0:
        return workdays_before(due, workdays=workdays_to_due, calendar=calendar)
    if workdays_to_due < 0:
        return due_on(due, workdays=-workdays_to_due, calendar=calendar)
    return calendar.previous_workday(due)


def _told(
    held: Remediation,
    rung: Rung,
    own_due_on: date | None,
    ladder: LadderInForce,
    people: PeopleOfDay,
) -> tuple[str, ...]:
    """Return the names of those whom a rung tells by a day: their own, or the remediation's."""
    every = readers(held, ladder=ladder, people=people)
    return tuple(
        one.contact.name for one in every if rung in one.rungs and one.own_due_on == own_due_on
    )
