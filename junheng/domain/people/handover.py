"""The hand-over list: changes of a unit's name or people between two days."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from junheng.domain.people.contacts import Contacts, Role
from junheng.domain.people.districts import Department


class What(StrEnum):
    """The attributes of a unit that may change."""

    NAME = "name"
    CONTACT = "contact"
    SUBSTITUTE = "substitute"
    SECTION_HEAD = "section_head"
    HEAD = "head"


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one unit on its first day; '' if a role was or is vacant."""

    unit: str
    what: What
    before: str
    after: str
    on: date


def changes(
    departments: Iterable[Department],
    contacts: Contacts,
    towns: Iterable[str],
    *,
    since: date,
    until: date,
) -> tuple[Change, ...]:
    """Return the changes after `since` and up to `until`, by unit and day."""
    known = tuple(departments)
    days = (since, *_days_of_change(known, contacts, since=since, until=until))
    units: tuple[str | Department, ...] = (*known, *towns)
    return tuple(
        change for unit in units for what in What for change in _steps(unit, what, contacts, days)
    )


def _days_of_change(
    departments: Iterable[Department], contacts: Contacts, *, since: date, until: date
) -> tuple[date, ...]:
    """Return the days, after the first and up to the last, on which anything may change."""
    people = contacts.contacts
    renamed = {dated.from_ for department in departments for dated in department.names}
    come = {contact.begins_on for contact in people}
    gone = {contact.ends_on + timedelta(days=1) for contact in people if contact.ends_on < until}
    return tuple(sorted(day for day in renamed | come | gone if since < day <= until))


def _steps(
    unit: str | Department, what: What, contacts: Contacts, days: Sequence[date]
) -> Iterator[Change]:
    name = unit if isinstance(unit, str) else unit.id
    values = [(day, _value(unit, what, contacts, day)) for day in days]
    for (_, before), (day, after) in pairwise(values):
        if before != after:
            yield Change(name, what, before, after, day)


def _value(unit: str | Department, what: What, contacts: Contacts, day: date) -> str:
    """Return a unit's name on a day, or the name of the holder of a role."""
    match what:
        case What.NAME:
            return unit if isinstance(unit, str) else unit.name_on(day)
        case What.CONTACT | What.SUBSTITUTE | What.SECTION_HEAD | What.HEAD:
            name = unit if isinstance(unit, str) else unit.id
            holder = contacts.holder(name, Role(what.value), day)
            return "" if holder is None else holder.name
