"""Readers: the contacts to notify of a remediation, their audience, and the rungs for it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from junheng.domain.chase.ladder import Audience, LadderInForce, Rung
from junheng.domain.ledger.remediation import Remediation
from junheng.domain.people.contacts import Contact, Contacts, Role


@dataclass(frozen=True, slots=True)
class Reader:
    """A contact to notify, by which rungs; `own_due_on` is the due date of a supporting unit."""

    contact: Contact
    audience: Audience
    rungs: tuple[Rung, ...]
    own_due_on: date | None = None


@dataclass(frozen=True, slots=True)
class PeopleOfDay:
    """The contacts in force on a day, with a cache."""

    contacts: Contacts
    day: date
    _contacts_of: dict[str, Contact] = field(default_factory=dict)
    _posts: dict[tuple[str, Role], Contact | None] = field(default_factory=dict)

    def of(self, unit: str) -> Contact:
        """Return the contact to notify for a unit."""
        if unit not in self._contacts_of:
            self._contacts_of[unit] = self.contacts.of(unit, self.day)
        return self._contacts_of[unit]

    def post(self, unit: str, role: Role) -> Contact | None:
        """Return the reachable holder of a post, None if there is none."""
        if (unit, role) not in self._posts:
            self._posts[unit, role] = self.contacts.post(unit, role, self.day)
        return self._posts[unit, role]

    @property
    def leading_group(self) -> Contact | None:
        """Return the reachable contact of the leading group, None if there is none."""
        unit = self.contacts.leading_group
        contact = None if unit is None else self.of(unit)
        return contact if contact is not None and contact.is_reachable else None


def readers(
    remediation: Remediation, *, ladder: LadderInForce, people: PeopleOfDay
) -> Iterator[Reader]:
    """Yield the readers of a remediation, each audience with its rungs.

    If a post has no reachable holder, another reader gets its rungs too and hands them up: the
    unit's contact for the head, the office for the leading group.
    """
    lead = remediation.lead
    contact, head = people.of(lead), people.post(lead, Role.HEAD)
    yield _reader_handing_up(contact, Audience.LEAD, ladder, for_=Audience.HEAD, held_by=head)
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
    yield _reader_handing_up(office, Audience.OFFICE, ladder, for_=above, held_by=group)
    if group is not None:
        yield Reader(group, above, ladder.telling(above))


def _reader_handing_up(
    contact: Contact,
    audience: Audience,
    ladder: LadderInForce,
    *,
    for_: Audience,
    held_by: Contact | None,
) -> Reader:
    # The rungs of a post are not sent to the common channel, where everybody reads them.
    hands_up = held_by is None and contact.is_reachable
    also = (for_,) if hands_up else ()
    return Reader(contact, audience, ladder.telling(audience, *also))
