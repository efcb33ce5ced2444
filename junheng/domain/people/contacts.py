"""The people who answer for units, with dates: who they are, and where chat reaches them."""

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
from junheng.values import Day, Frozen

_THE_TOWN = "{unit}"
# Between the units and the post of a recipient who is more than their contact.
POST_MARK = "#"
SLACK_USER = r"^[UW][A-Z0-9]{6,}$"


class Role(StrEnum):
    """What a person is to a unit; `contact` is told, and `substitute` where there is none."""

    CONTACT = "contact"
    SUBSTITUTE = "substitute"
    SECTION_HEAD = "section_head"
    HEAD = "head"


# Who is told what a unit is told; the others hold a post, and are told as themselves.
SPEAKS_FOR_UNIT = frozenset({Role.CONTACT, Role.SUBSTITUTE})


class Contact(Frozen):
    """One person in one role, the departments answered for, where chat reaches them, and when.

    `chat` is an address on the chosen channel; `reach`, in its place, are routes to try in order.
    """

    units: tuple[str, ...] = Field(min_length=1)
    name: str
    role: Role = Role.CONTACT
    chat: str | None = None
    reach: tuple[ReadRoute, ...] = Field(default=(), min_length=1)
    # By which Slack knows the person who presses a button: a member id.
    slack_user: str | None = Field(default=None, pattern=SLACK_USER)
    from_: Day | None = Field(default=None, alias="from")
    until: Day | None = None

    @model_validator(mode="after")
    def _comes_before_going(self) -> Self:
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
        """The units answered for, as the plan names them, and the post: the name in exports."""
        units = "、".join(self.units)
        return units if self.role in SPEAKS_FOR_UNIT else f"{units}{POST_MARK}{self.role.value}"

    @property
    def is_reachable(self) -> bool:
        """Whether chat reaches the person, and not only the common channel."""
        return bool(self.addresses)

    @property
    def addresses(self) -> frozenset[str]:
        """Where this person is told, and nobody else."""
        return frozenset({*(route.address for route in self.reach), self.chat or ""} - {""})

    def is_the_same_as(self, other: "Contact") -> bool:
        """Say whether two rows are one human: of the same name, told at the same address.

        Two who share name and group are told apart by the ids of both in Slack.
        """
        ids = (self.slack_users, other.slack_users)
        if all(ids) and ids[0].isdisjoint(ids[1]):
            return False
        return self.name == other.name and not self.addresses.isdisjoint(other.addresses)

    @property
    def begins_on(self) -> date:
        return self.from_ or date.min

    @property
    def ends_on(self) -> date:
        """The last day."""
        return self.until or date.max

    @property
    def slack_users(self) -> frozenset[str]:
        """The member ids of this person: also the one under which cards are sent."""
        routes = (route.address for route in self.reach if route.channel is Channel.SLACK)
        reached = (self.slack_user, self.chat, *routes)
        return frozenset(one for one in reached if one and re.fullmatch(SLACK_USER, one))

    def is_in_force(self, day: date) -> bool:
        return self.begins_on <= day <= self.ends_on

    def in_town(self, town: str) -> "Contact":
        """Return the contact of one town, out of the one that stands for every town."""
        named = {"name": self.name.replace(_THE_TOWN, town)}
        chat = {"chat": self.chat.replace(_THE_TOWN, town)} if self.chat else {}
        reach = tuple(
            replace(route, address=route.address.replace(_THE_TOWN, town)) for route in self.reach
        )
        return self.model_copy(update={"units": (town,), "reach": reach, **named, **chat})

    def channel_or(self, chosen: str) -> str:
        """Return the channel that this person is told by first."""
        return self.reach[0].channel.value if self.reach else chosen


class Contacts(Frozen):
    """Everyone who reads cards; a unit without a contact is told through the common channel.

    `office` and `leading_group` (领导小组) are units that answer for the work as a whole.
    `named_only` says that every unit must have a person of its own all the same.
    """

    channel: str
    office: str
    leading_group: str | None = None
    named_only: bool = False
    contacts: tuple[Contact, ...] = ()

    @model_validator(mode="after")
    def _has_one_person_at_a_time(self) -> Self:
        for (unit, role), held in _by_unit_and_role(self.contacts).items():
            for earlier, later in pairwise(sorted(held, key=lambda one: one.begins_on)):
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
        """Return who is told for a unit: its contact, else the substitute, else the unit itself."""
        named = self.person_of(unit, day)
        if named is None:
            return _nobody_named(unit)
        return self._rows_of(named, day)[0]

    def post(self, unit: str, role: Role, day: date) -> Contact | None:
        """Return who holds a post of a unit and can be told as a person, None where nobody can."""
        held = self.holder(unit, role, day)
        return self._rows_of(held, day)[0] if held is not None and held.is_reachable else None

    def also(self, contact: Contact, day: date) -> tuple[Contact, ...]:
        """Return what else the same person is told for on a day, besides the first."""
        return self._rows_of(contact, day)[1:]

    def _rows_of(self, contact: Contact, day: date) -> tuple[Contact, ...]:
        """Return every row that counts of the person a row is of: one human gets one card.

        It is addressed to what somebody is for good: whoever stands in for a while is not told
        everything of their own unit again.
        """
        rows = (one for one in self.contacts if one.is_the_same_as(contact))
        counting = (one for one in rows if self._counts(one, day))
        return tuple(sorted(counting, key=lambda one: one.role is Role.SUBSTITUTE)) or (contact,)

    def _counts(self, row: Contact, day: date) -> bool:
        """Say whether a row is in force, and of a substitute whether anybody is substituted.

        A unit's contact and its substitute bear the same name in the list of recipients: a
        substitute who is also told for another unit must not be taken for the contact.
        """
        if not row.is_in_force(day) or row.role is not Role.SUBSTITUTE:
            return row.is_in_force(day)
        return any(self.holder(unit, Role.CONTACT, day) is None for unit in row.units)

    def person_of(self, unit: str, day: date) -> Contact | None:
        """Return the contact or else the substitute in force, None where a unit has neither."""
        contact = self.holder(unit, Role.CONTACT, day)
        return contact or self.holder(unit, Role.SUBSTITUTE, day)

    def heads(self, unit: str, day: date) -> tuple[Contact, ...]:
        """Return the heads of a unit in force on a day."""
        head = self.holder(unit, Role.HEAD, day)
        return () if head is None else (head,)

    def holder(self, unit: str, role: Role, day: date) -> Contact | None:
        """Return who holds a role in a unit on a day."""
        held = (one for one in self.contacts if one.role is role and unit in one.units)
        return next((one for one in held if one.is_in_force(day)), None)

    def names_of(self, unit: str, day: date) -> frozenset[str]:
        """Return the names of all persons of a unit on a day, in whatever role."""
        rows = (one for one in self.contacts if unit in one.units and one.is_in_force(day))
        return frozenset(row.name for row in rows)

    def units_of(self, recipient: str, day: date) -> tuple[str, ...]:
        """Return every unit that a recipient of cards answers for on a day."""
        rows = (one for one in self.contacts if one.recipient == recipient)
        held = next((one for one in rows if self._counts(one, day)), None)
        if held is None:
            return tuple(recipient.partition(POST_MARK)[0].split("、"))
        return tuple(unit for row in self._rows_of(held, day) for unit in row.units)

    def known_as(self, user: str, day: date) -> tuple[Contact, ...]:
        """Return every entry in force of the person who is this member of the Slack workspace.

        One of them may bear the member id for all: a card that is one person's is theirs whole.
        """
        named = [one for one in self.contacts if user in one.slack_users and one.is_in_force(day)]
        return tuple(
            one
            for one in self.contacts
            if one in named or (one.is_in_force(day) and any(map(one.is_the_same_as, named)))
        )

    def address_of(self, contact: Contact) -> str:
        """Return where a person is told first."""
        return contact.reach[0].address if contact.reach else contact.chat or self.channel

    def reach_of(self, recipient: str, day: date, *, address: str) -> tuple[Route, ...]:
        """Return the routes to whom a card for an address is owed; none where it has only that."""
        known = (one for role in Role for one in self.contacts if one.role is role)
        owed = (one for one in known if one.recipient == recipient and one.is_in_force(day))
        routes = next((one.reach for one in owed), ())
        # A card that was owed to somebody before goes where it was owed.
        return routes if address in {route.address for route in routes} else ()

    def with_towns(self, towns: Iterable[str]) -> "Contacts":
        """Return the contacts with a person for each town in place of the one for every town.

        A town with an entry of its own is told through that one while it is in force.
        """
        general = [one for one in self.contacts if EVERY_TOWN in one.units]
        named = [one for one in self.contacts if one not in general]
        each = [one.in_town(town) for one in general for town in towns]
        return self.model_copy(update={"contacts": (*named, *each)})

    def borrowed(self) -> "Contacts":
        """Return the contacts for another district: its units are told, but not these people."""
        nowhere = {"chat": None, "reach": (), "slack_user": None}
        unreached = tuple(one.model_copy(update=nowhere) for one in self.contacts)
        return self.model_copy(update={"named_only": False, "contacts": unreached})


def contact_gaps(units: Iterable[str], *, contacts: Contacts, day: date) -> tuple[str, ...]:
    """Return the units that must have a person on a day and have neither contact nor substitute."""
    if not contacts.named_only:
        return ()
    return tuple(unit for unit in units if contacts.person_of(unit, day) is None)


@cache
def _nobody_named(unit: str) -> Contact:
    return Contact(units=(unit,), name=wording.packaged().people.nobody_named.format(unit=unit))


def _by_unit_and_role(
    contacts: Iterable[Contact],
) -> Mapping[tuple[str, Role], Sequence[Contact]]:
    held: dict[tuple[str, Role], list[Contact]] = defaultdict(list)
    for one in contacts:
        for unit in one.units:
            held[unit, one.role].append(one)
    return held
