"""Digests: what each person is to be told on a day, of all that is open and not told yet."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from junheng.domain.chase.ladder import Audience, LadderInForce, Rung
from junheng.domain.chase.office_queue import Waiting
from junheng.domain.chase.readers import PeopleOfDay, Reader, readers
from junheng.domain.ledger.remediation import Remediation
from junheng.domain.people.contacts import Contact, Contacts
from junheng.domain.workdays import WorkCalendar, workdays_between


@dataclass(frozen=True, slots=True)
class Chased:
    """A remediation that its units have still to put right, and what only the chase knows of it."""

    remediation: Remediation
    # The one it was opened under, whatever ladder.yaml says since.
    ladder: LadderInForce
    # Of a form that was sent back or never came: what is wrong with it, place by place.
    to_correct: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One remediation on one card, with the rung it has reached and the reader's part in it.

    `opening` is the opening rung where the reader has not been told of the remediation since its
    clock was set; `supporting_due_on` the day of who supports.
    """

    chased: Chased
    rung: Rung
    audience: Audience
    opening: Rung | None = None
    supporting_due_on: date | None = None

    @property
    def remediation(self) -> Remediation:
        return self.chased.remediation

    @property
    def due_on(self) -> date:
        """Return the reader's own day."""
        return self.supporting_due_on or self.remediation.due_on

    @property
    def says(self) -> tuple[Rung, ...]:
        """Return the rungs that the reader is told: what is new is not recalled as well."""
        if self.opening is None:
            return (self.rung,)
        to_due = self.rung.workdays_to_due
        return (self.opening,) if to_due is None or to_due > 0 else (self.opening, self.rung)


@dataclass(frozen=True, slots=True)
class Digest:
    """One morning's one card for one person."""

    contact: Contact
    address: str
    planned_on: date
    entries: tuple[Entry, ...]
    # Of the office's card alone: what waits for the office itself.
    waiting: tuple[Waiting, ...] = ()
    # For what else the same person is told: another unit, another post.
    also: tuple[Contact, ...] = ()

    @property
    def recipient(self) -> str:
        return self.contact.recipient

    @property
    def posts(self) -> tuple[Contact, ...]:
        """Return all that the person is told for, first what the card is addressed to."""
        return (self.contact, *self.also)


def rung_reached(
    remediation: Remediation,
    *,
    due_on: date,
    rungs: Iterable[Rung],
    today: date,
    calendar: WorkCalendar,
) -> Rung | None:
    """Return the highest rung that a due date has reached by today, None before it opened."""
    if today < remediation.opened_on:
        return None
    return _highest(rungs, workdays_between(today, due_on, calendar=calendar))


Told = tuple[str, int, str, str]
"""(reference, cycle, rung, recipient): told once while a clock runs, and never again."""


def digests_owed(
    chased_today: Iterable[Chased],
    *,
    contacts: Contacts,
    told: Collection[Told],
    today: date,
    calendar: WorkCalendar,
) -> tuple[Digest, ...]:
    """Return the one card that each person is owed today; nobody is owed one on a day off."""
    if not calendar.is_workday(today):
        return ()
    heard = {(reference, cycle, recipient) for reference, cycle, _, recipient in told}
    people, left = PeopleOfDay(contacts, today), _WorkdaysLeft(today, calendar)
    entries: dict[Contact, list[Entry]] = {}
    for chased in chased_today:
        remediation = chased.remediation
        for reader, rung in _reached(chased, people, left):
            contact, audience = reader.contact, reader.audience
            if not _was_told(chased, rung, contact, told):
                told_before = (remediation.reference, remediation.cycle, contact.recipient) in heard
                opening = None if told_before else _opening(chased, audience)
                entry = Entry(chased, rung, audience, opening, reader.own_due_on)
                entries.setdefault(contact, []).append(entry)
    return tuple(
        Digest(
            contact,
            contacts.address_of(contact),
            today,
            tuple(listed),
            also=contacts.also(contact, today),
        )
        for contact, listed in entries.items()
    )


def with_waiting(
    digests: Iterable[Digest],
    waiting: tuple[Waiting, ...],
    *,
    office: Contact,
    address: str,
    today: date,
    also: tuple[Contact, ...] = (),
) -> tuple[Digest, ...]:
    """Return the digests, the office's with what waits for it: one of its own only for news."""
    others = tuple(one for one in digests if one.contact != office)
    own = tuple(one for one in digests if one.contact == office)
    if not own and any(one.is_new for one in waiting):
        own = (Digest(office, address, today, (), also=also),)
    return (*others, *(replace(one, waiting=waiting) for one in own))


@dataclass(frozen=True, slots=True)
class _WorkdaysLeft:
    """How many workdays are left from a day to others, each counted once."""

    today: date
    calendar: WorkCalendar
    _known: dict[date, int] = field(default_factory=dict)

    def to(self, due_on: date) -> int:
        if due_on not in self._known:
            left = workdays_between(self.today, due_on, calendar=self.calendar)
            self._known[due_on] = left
        return self._known[due_on]


def _reached(
    chased: Chased, people: PeopleOfDay, left: _WorkdaysLeft
) -> Iterable[tuple[Reader, Rung]]:
    """Return who reads of a remediation, each once: by the highest rung, else as who leads it."""
    remediation, ladder = chased.remediation, chased.ladder
    if people.day < remediation.opened_on:
        return ()
    found: dict[Contact, tuple[Reader, Rung]] = {}
    for reader in readers(remediation, ladder=ladder, people=people):
        rung = _highest(reader.rungs, left.to(reader.own_due_on or remediation.due_on))
        if rung is None:
            continue
        known = found.get(reader.contact)
        if known is None or ladder.place(rung.name) > ladder.place(known[1].name):
            found[reader.contact] = (reader, rung)
    return found.values()


def _highest(rungs: Iterable[Rung], left: int) -> Rung | None:
    """Return the highest of some rungs that is reached with so many workdays left."""
    found = [one for one in rungs if one.workdays_to_due is None or left <= one.workdays_to_due]
    return found[-1] if found else None


def _was_told(chased: Chased, rung: Rung, contact: Contact, told: Collection[Told]) -> bool:
    """Say whether a contact knows of this rung or a higher one, also when a day is replayed."""
    key = (chased.remediation.reference, chased.remediation.cycle)
    names = chased.ladder.from_rung(rung.name)
    return any((*key, name, contact.recipient) in told for name in names)


def _opening(chased: Chased, audience: Audience) -> Rung | None:
    return chased.ladder.opening(audience, clock_set_by=chased.remediation.clock_set_by)
