"""The contacts of units, with dates, roles and chat addresses."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from enum import StrEnum
from functools import cache
from itertools import pairwise
from typing import Literal, LiteralString, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from junheng import wording
from junheng.domain.people.districts import EVERY_TOWN
from junheng.domain.people.routes import Channel, ReadRoute, Route
from junheng.values import Frozen, Period

_THE_TOWN = "{unit}"
# Separates the units and the role in the name of a recipient who is not a plain contact.
POST_MARK = "#"
SLACK_USER = r"^[UW][A-Z0-9]{6,}$"


class Role(StrEnum):
    """A person's role in a unit; `contact` is notified, or `substitute` if there is none."""

    CONTACT = "contact"
    SUBSTITUTE = "substitute"
    SECTION_HEAD = "section_head"
    HEAD = "head"


# Roles that receive the unit's cards; the others are posts, and receive cards in person.
SPEAKS_FOR_UNIT = frozenset({Role.CONTACT, Role.SUBSTITUTE})


class Contact(Period):
    """One person in one role, with the person's units, addresses and dates.

    `chat` is an address on the chosen channel; `reach` replaces it with routes to try in order.
    """

    units: tuple[str, ...] = Field(min_length=1)
    name: str
    role: Role = Role.CONTACT
    chat: str | None = None
    reach: tuple[ReadRoute, ...] = Field(default=(), min_length=1)
    # The Slack member id that identifies the person who presses a button.
    slack_user: str | None = Field(default=None, pattern=SLACK_USER)

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if self.begins_on > self.ends_on:
            raise self._mistake("contact_ends_before", "{unit}, {name}: until is before from")
        if EVERY_TOWN in self.units and len(self.units) > 1:
            raise PydanticCustomError(
                "every_town_with_others", "{unit} stands alone", {"unit": EVERY_TOWN}
            )
        if any(POST_MARK in unit for unit in self.units):
            raise PydanticCustomError(
                "post_mark_in_unit", "a unit's name has {mark}", {"mark": POST_MARK}
            )
        if self.chat and self.reach:
            raise self._mistake("chat_and_reach", "{unit}, {name}: chat and reach")
        return self

    def _mistake(
        self, kind: Literal["contact_ends_before", "chat_and_reach"], message: LiteralString
    ) -> PydanticCustomError:
        return PydanticCustomError(kind, message, {"unit": self.recipient, "name": self.name})

    @property
    def recipient(self) -> str:
        """The units, as the plan names them, and the post: the recipient's name in exports."""
        units = "、".join(self.units)
        return units if self.role in SPEAKS_FOR_UNIT else f"{units}{POST_MARK}{self.role.value}"

    @property
    def is_reachable(self) -> bool:
        """Whether the person has an own address, and not only the common channel."""
        return bool(self.addresses)

    @property
    def addresses(self) -> frozenset[str]:
        """The addresses of this person only."""
        return frozenset({*(route.address for route in self.reach), self.chat or ""} - {""})

    def is_the_same_as(self, other: "Contact") -> bool:
        """Return whether two entries are the same person: same name and a common address.

        Two people with the same name and group are distinguished by their Slack ids.
        """
        ids = (self.slack_users, other.slack_users)
        if all(ids) and ids[0].isdisjoint(ids[1]):
            return False
        return self.name == other.name and not self.addresses.isdisjoint(other.addresses)

    @property
    def slack_users(self) -> frozenset[str]:
        """The Slack member ids of this person, including the address of the cards."""
        routes = (route.address for route in self.reach if route.channel is Channel.SLACK)
        reached = (self.slack_user, self.chat, *routes)
        return frozenset(
            address for address in reached if address and re.fullmatch(SLACK_USER, address)
        )

    def in_town(self, town: str) -> "Contact":
        """Return the contact of one town, from an entry for every town."""
        named = {"name": self.name.replace(_THE_TOWN, town)}
        chat = {"chat": self.chat.replace(_THE_TOWN, town)} if self.chat else {}
        reach = tuple(
            replace(route, address=route.address.replace(_THE_TOWN, town)) for route in self.reach
        )
        return self.model_copy(update={"units": (town,), "reach": reach, **named, **chat})

    def channel_or(self, chosen: str) -> str:
        """Return the first channel of this person, by default the chosen one."""
        return self.reach[0].channel.value if self.reach else chosen


class Contacts(Frozen):
    """All readers of cards; a unit without a contact is notified through the common channel.

    `office` and `leading_group` (领导小组) are units responsible for the work as a whole.
    `named_only` requires a person for every unit.
    """

    channel: str
    office: str
    leading_group: str | None = None
    named_only: bool = False
    contacts: tuple[Contact, ...] = ()

    @model_validator(mode="after")
    def _has_one_person_at_a_time(self) -> Self:
        for (unit, role), held in _by_unit_and_role(self.contacts).items():
            for earlier, later in pairwise(sorted(held, key=lambda contact: contact.begins_on)):
                if earlier.ends_on >= later.begins_on:
                    raise PydanticCustomError(
                        "two_at_a_time",
                        "{unit}: {earlier} and {later} at a time as {role}",
                        {
                            "unit": unit,
                            "role": role.value,
                            "earlier": earlier.name,
                            "later": later.name,
                        },
                    )
        return self

    def of(self, unit: str, day: date) -> Contact:
        """Return the recipient for a unit: its contact, else the substitute, else the unit."""
        named = self.person_of(unit, day)
        if named is None:
            return _unit_itself(unit)
        return self._rows_of(named, day)[0]

    def post(self, unit: str, role: Role, day: date) -> Contact | None:
        """Return the reachable holder of a post of a unit, None if there is none."""
        held = self.holder(unit, role, day)
        return self._rows_of(held, day)[0] if held is not None and held.is_reachable else None

    def also(self, contact: Contact, day: date) -> tuple[Contact, ...]:
        """Return the same person's further entries on a day, without the first."""
        return self._rows_of(contact, day)[1:]

    def _rows_of(self, contact: Contact, day: date) -> tuple[Contact, ...]:
        """Return all applicable entries of the same person: each person gets one card.

        Permanent roles come first and name the recipient: a temporary substitute must not be
        notified again of everything in the own unit.
        """
        rows = (row for row in self.contacts if row.is_the_same_as(contact))
        counting = (row for row in rows if self._counts(row, day))
        return tuple(sorted(counting, key=lambda row: row.role is Role.SUBSTITUTE)) or (contact,)

    def _counts(self, row: Contact, day: date) -> bool:
        """Return whether an entry is in force, and for a substitute whether it is needed.

        A unit's contact and its substitute have the same recipient name: a substitute who also
        receives cards for another unit must not be taken for the contact.
        """
        if not row.is_in_force(day) or row.role is not Role.SUBSTITUTE:
            return row.is_in_force(day)
        return any(self.holder(unit, Role.CONTACT, day) is None for unit in row.units)

    def person_of(self, unit: str, day: date) -> Contact | None:
        """Return the contact or else the substitute in force, None if a unit has neither."""
        contact = self.holder(unit, Role.CONTACT, day)
        return contact or self.holder(unit, Role.SUBSTITUTE, day)

    def heads(self, unit: str, day: date) -> tuple[Contact, ...]:
        """Return the heads of a unit in force on a day."""
        head = self.holder(unit, Role.HEAD, day)
        return () if head is None else (head,)

    def holder(self, unit: str, role: Role, day: date) -> Contact | None:
        """Return the holder of a role in a unit on a day."""
        rows = (row for row in self.contacts if row.role is role and unit in row.units)
        return next((row for row in rows if row.is_in_force(day)), None)

    def names_of(self, unit: str, day: date) -> frozenset[str]:
        """Return the names of all persons of a unit on a day, in whatever role."""
        rows = (one for one in self.contacts if unit in one.units and one.is_in_force(day))
        return frozenset(row.name for row in rows)

    def units_of(self, recipient: str, day: date) -> tuple[str, ...]:
        """Return every unit that a recipient of cards represents on a day."""
        rows = (row for row in self.contacts if row.recipient == recipient)
        held = next((row for row in rows if self._counts(row, day)), None)
        if held is None:
            return tuple(recipient.partition(POST_MARK)[0].split("、"))
        return tuple(unit for row in self._rows_of(held, day) for unit in row.units)

    def known_as(self, user: str, day: date) -> tuple[Contact, ...]:
        """Return every entry in force of the person with a Slack member id.

        It is enough if one of the person's entries has the member id.
        """
        in_force = [row for row in self.contacts if row.is_in_force(day)]
        named = [row for row in in_force if user in row.slack_users]
        return tuple(row for row in in_force if row in named or any(map(row.is_the_same_as, named)))

    def address_of(self, contact: Contact) -> str:
        """Return a person's first address, by default the common channel."""
        return contact.reach[0].address if contact.reach else contact.chat or self.channel

    def reach_of(self, recipient: str, day: date, *, address: str) -> tuple[Route, ...]:
        """Return the routes of a recipient that include an address, none if it has no routes."""
        known = (row for role in Role for row in self.contacts if row.role is role)
        owed = (row for row in known if row.recipient == recipient and row.is_in_force(day))
        routes = next((row.reach for row in owed), ())
        # A card owed to a previous holder goes to the address for which it was created.
        return routes if address in {route.address for route in routes} else ()

    def with_towns(self, towns: Iterable[str]) -> "Contacts":
        """Return the contacts with an entry for each town in place of that for every town.

        A town's own entry takes precedence while it is in force.
        """
        general = [row for row in self.contacts if EVERY_TOWN in row.units]
        named = [row for row in self.contacts if row not in general]
        each = [row.in_town(town) for row in general for town in towns]
        return self.model_copy(update={"contacts": (*named, *each)})

    def borrowed(self) -> "Contacts":
        """Return the contacts without addresses, for another district that borrows them."""
        nowhere = {"chat": None, "reach": (), "slack_user": None}
        unreached = tuple(row.model_copy(update=nowhere) for row in self.contacts)
        return self.model_copy(update={"named_only": False, "contacts": unreached})


def contact_gaps(units: Iterable[str], *, contacts: Contacts, day: date) -> tuple[str, ...]:
    """Return the units that need a person on a day and have neither contact nor substitute."""
    if not contacts.named_only:
        return ()
    return tuple(unit for unit in units if contacts.person_of(unit, day) is None)


@cache
def _unit_itself(unit: str) -> Contact:
    return Contact(units=(unit,), name=wording.packaged().people.nobody_named.format(unit=unit))


def _by_unit_and_role(
    contacts: Iterable[Contact],
) -> Mapping[tuple[str, Role], Sequence[Contact]]:
    held: dict[tuple[str, Role], list[Contact]] = defaultdict(list)
    for contact in contacts:
        for unit in contact.units:
            held[unit, contact.role].append(contact)
    return held
