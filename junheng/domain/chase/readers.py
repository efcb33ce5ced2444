"""Readers: who is told of a remediation, in which part, and by which rungs of its ladder."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from junheng.domain.chase.ladder import Audience, LadderInForce, Rung
from junheng.domain.ledger.remediation import Remediation
from junheng.domain.people.contacts import Contact, Contacts, Role


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads of a remediation, in which part, by which rungs, and by which day of its own."""

    contact: Contact
    audience: Audience
    rungs: tuple[Rung, ...]
    own_due_on: date | None = None


@dataclass(frozen=True, slots=True)
class PeopleOfDay:
    """The people as they stand on a day, each looked up once."""

    contacts: Contacts
    day: date
    _told: dict[str, Contact] = field(default_factory=dict)
    _posts: dict[tuple[str, Role], Contact | None] = field(default_factory=dict)

    def of(self, unit: str) -> Contact:
        """Return who is told for a unit."""
        if unit not in self._told:
            self._told[unit] = self.contacts.of(unit, self.day)
        return self._told[unit]

    def post(self, unit: str, role: Role) -> Contact | None:
        """Return who holds a post and can be told; None where it is passed on."""
        if (unit, role) not in self._posts:
            self._posts[unit, role] = self.contacts.post(unit, role, self.day)
        return self._posts[unit, role]

    @property
    def leading_group(self) -> Contact | None:
        """Return who is told for the leading group, where anybody can be."""
        unit = self.contacts.leading_group
        told = None if unit is None else self.of(unit)
        return told if told is not None and told.is_reachable else None


def readers(
    remediation: Remediation, *, ladder: LadderInForce, people: PeopleOfDay
) -> Iterator[Reader]:
    """Yield who reads of a remediation, each part by its own rungs: none is passed over.

    What a post would be told that nobody holds, or whose holder cannot be reached, goes to who
    hands it up: the head's to the unit's contact, the leading group's to the office.
    """
    lead = remediation.lead
    contact, head = people.of(lead), people.post(lead, Role.HEAD)
    yield _standing_in(contact, Audience.LEAD, ladder, for_=Audience.HEAD, held_by=head)
    section_head = people.post(lead, Role.SECTION_HEAD)
    if section_head is not None:
        yield Reader(section_head, Audience.SECTION_HEAD, ladder.telling(Audience.SECTION_HEAD))
    if head is not None:
        yield Reader(head, Audience.HEAD, ladder.telling(Audience.HEAD))
    for part in remediation.parts_left:
        rungs = ladder.telling(Audience.SUPPORTING)
        yield Reader(people.of(part.unit), Audience.SUPPORTING, rungs, part.due_on)
    office, group = people.of(people.contacts.office), people.leading_group
    above = Audience.LEADING_GROUP
    yield _standing_in(office, Audience.OFFICE, ladder, for_=above, held_by=group)
    if group is not None:
        yield Reader(group, above, ladder.telling(above))


def _standing_in(
    contact: Contact,
    audience: Audience,
    ladder: LadderInForce,
    *,
    for_: Audience,
    held_by: Contact | None,
) -> Reader:
    # What is for one person alone is not said where everybody reads it.
    hands_up = held_by is None and contact.is_reachable
    also = (for_,) if hands_up else ()
    return Reader(contact, audience, ladder.telling(audience, *also))
