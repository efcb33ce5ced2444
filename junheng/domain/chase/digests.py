"""Digests: the open remediations of which each person must be notified on a day."""

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
    """An open remediation with its ladder, and the errors of a submission."""

    remediation: Remediation
    # The ladder in force when it opened; later changes of ladder.yaml do not apply.
    ladder: LadderInForce
    # Of a form that was sent back or is missing: its errors, with their places.
    to_correct: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One remediation on one card: the rung it has reached, and the audience of its reader.

    `opening` is the opening rung if the reader was not yet notified in this cycle;
    `supporting_due_on` is the due date of a supporting unit.
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
        """Return the due date that applies to the reader."""
        return self.supporting_due_on or self.remediation.due_on

    @property
    def says(self) -> tuple[Rung, ...]:
        """Return the rungs on the card: a new remediation has no reminder before its due date."""
        if self.opening is None:
            return (self.rung,)
        to_due = self.rung.workdays_to_due
        return (self.opening,) if to_due is None or to_due > 0 else (self.opening, self.rung)


@dataclass(frozen=True, slots=True)
class Digest:
    """The content of the one card of a person on a day."""

    contact: Contact
    address: str
    planned_on: date
    entries: tuple[Entry, ...]
    # Only on the card of the office: the matters that wait for the office.
    waiting: tuple[Waiting, ...] = ()
    # Other posts of the same person, in this or another unit.
    also: tuple[Contact, ...] = ()

    @property
    def recipient(self) -> str:
        return self.contact.recipient

    @property
    def posts(self) -> tuple[Contact, ...]:
        """Return all posts of the person; the card is addressed to the first."""
        return (self.contact, *self.also)


def rung_reached(
    remediation: Remediation,
    *,
    due_on: date,
    rungs: Iterable[Rung],
    today: date,
    calendar: WorkCalendar,
) -> Rung | None:
    """Return the highest rung reached by today, None before the remediation opened."""
    if today < remediation.opened_on:
        return None
    return _highest(rungs, workdays_between(today, due_on, calendar=calendar))


Told = tuple[str, int, str, str]
"""(reference, cycle, rung, recipient): a recipient is notified of a rung once in a cycle."""


def digests_owed(
    chased_today: Iterable[Chased],
    *,
    contacts: Contacts,
    told: Collection[Told],
    today: date,
    calendar: WorkCalendar,
) -> tuple[Digest, ...]:
    """Return one digest for each person to notify today, none on a day off."""
    if not calendar.is_workday(today):
        return ()
    notified = {(reference, cycle, recipient) for reference, cycle, _, recipient in told}
    people, left = PeopleOfDay(contacts, today), _WorkdaysLeft(today, calendar)
    entries: dict[Contact, list[Entry]] = {}
    for chased in chased_today:
        remediation = chased.remediation
        for reader, rung in _readers_reached(chased, people, left):
            contact, audience = reader.contact, reader.audience
            if not _was_told(chased, rung, contact, told):
                was_notified = (
                    remediation.reference,
                    remediation.cycle,
                    contact.recipient,
                ) in notified
                opening = None if was_notified else _opening(chased, audience)
                entry = Entry(chased, rung, audience, opening, reader.own_due_on)
                entries.setdefault(contact, []).append(entry)
    return tuple(
        Digest(
            contact,
            contacts.address_of(contact),
            today,
            tuple(of_contact),
            also=contacts.also(contact, today),
        )
        for contact, of_contact in entries.items()
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
    """Return the digests with `waiting` in that of the office, which is added only for news."""
    others = tuple(digest for digest in digests if digest.contact != office)
    own = tuple(digest for digest in digests if digest.contact == office)
    if not own and any(matter.is_new for matter in waiting):
        own = (Digest(office, address, today, (), also=also),)
    return (*others, *(replace(digest, waiting=waiting) for digest in own))


@dataclass(frozen=True, slots=True)
class _WorkdaysLeft:
    """A cache of the number of workdays from today to other days."""

    today: date
    calendar: WorkCalendar
    _counted: dict[date, int] = field(default_factory=dict)

    def to(self, due_on: date) -> int:
        if due_on not in self._counted:
            left = workdays_between(self.today, due_on, calendar=self.calendar)
            self._counted[due_on] = left
        return self._counted[due_on]


def _readers_reached(
    chased: Chased, people: PeopleOfDay, left: _WorkdaysLeft
) -> Iterable[tuple[Reader, Rung]]:
    """Return the readers of a remediation, each once: with the highest rung, the lead first."""
    remediation, ladder = chased.remediation, chased.ladder
    if people.day < remediation.opened_on:
        return ()
    found: dict[Contact, tuple[Reader, Rung]] = {}
    for reader in readers(remediation, ladder=ladder, people=people):
        rung = _highest(reader.rungs, left.to(reader.own_due_on or remediation.due_on))
        if rung is None:
            continue
        earlier = found.get(reader.contact)
        if earlier is None or ladder.place(rung.name) > ladder.place(earlier[1].name):
            found[reader.contact] = (reader, rung)
    return found.values()


def _highest(rungs: Iterable[Rung], left: int) -> Rung | None:
    """Return the last rung that is reached with so many workdays left, None if none is."""
    reached = [
        rung for rung in rungs if rung.workdays_to_due is None or left <= rung.workdays_to_due
    ]
    return reached[-1] if reached else None


def _was_told(chased: Chased, rung: Rung, contact: Contact, told: Collection[Told]) -> bool:
    """Return whether a contact was notified of this rung or a higher one in this cycle."""
    key = (chased.remediation.reference, chased.remediation.cycle)
    names = chased.ladder.from_rung(rung.name)
    return any((*key, name, contact.recipient) in told for name in names)


def _opening(chased: Chased, audience: Audience) -> Rung | None:
    return chased.ladder.opening(audience, clock_set_by=chased.remediation.clock_set_by)
