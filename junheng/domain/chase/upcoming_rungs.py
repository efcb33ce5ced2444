"""Upcoming rungs: the days on which a remediation will reach them, and the people they notify."""

from dataclasses import dataclass
from datetime import date

from junheng.domain.chase.ladder import LadderInForce, Rung
from junheng.domain.chase.readers import PeopleOfDay, readers
from junheng.domain.ledger.remediation import Remediation
from junheng.domain.people.contacts import Contacts
from junheng.domain.workdays import WorkCalendar, due_on, workdays_before


@dataclass(frozen=True, slots=True)
class UpcomingRung:
    """An upcoming rung: its day, and the names of the people it notifies."""

    on: date
    rung: Rung
    names: tuple[str, ...]


def ahead(
    remediation: Remediation,
    *,
    ladder: LadderInForce,
    contacts: Contacts,
    today: date,
    calendar: WorkCalendar,
) -> tuple[UpcomingRung, ...]:
    """Return the rungs that a remediation will reach after today without a change, next first.

    Supporting units have due dates of their own, and so entries of their own.
    """
    found: dict[tuple[date, str], UpcomingRung] = {}
    due_days = dict.fromkeys((None, *(part.due_on for part in remediation.parts_left)))
    for rung in ladder.rungs:
        if rung.workdays_to_due is None:
            continue
        for own_due_on in due_days:
            due = own_due_on or remediation.due_on
            on = reached_on(rung.workdays_to_due, due, calendar=calendar)
            people = PeopleOfDay(contacts, on)
            names = _names_notified(remediation, rung, own_due_on, ladder, people)
            if on > max(today, remediation.opened_on) and names:
                earlier = found.get((on, rung.name))
                all_names = (*(earlier.names if earlier else ()), *names)
                found[on, rung.name] = UpcomingRung(on, rung, tuple(dict.fromkeys(all_names)))
    return tuple(
        sorted(found.values(), key=lambda coming: (coming.on, ladder.place(coming.rung.name)))
    )


def reached_on(workdays_to_due: int, due: date, *, calendar: WorkCalendar) -> date:
    """Return the workday with so many workdays left to a due date; negative: after the due date."""
    if workdays_to_due > 0:
        return workdays_before(due, workdays=workdays_to_due, calendar=calendar)
    if workdays_to_due < 0:
        return due_on(due, workdays=-workdays_to_due, calendar=calendar)
    return calendar.previous_workday(due)


def _names_notified(
    remediation: Remediation,
    rung: Rung,
    own_due_on: date | None,
    ladder: LadderInForce,
    people: PeopleOfDay,
) -> tuple[str, ...]:
    """Return the names of the readers whom a rung notifies with this due date of their own."""
    return tuple(
        reader.contact.name
        for reader in readers(remediation, ladder=ladder, people=people)
        if rung in reader.rungs and reader.own_due_on == own_due_on
    )
