"""Open actions: the moves that units can still make, and the contact behind a chat user."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from junheng.domain.ledger import lifecycle
from junheng.domain.ledger.lifecycle import Move
from junheng.domain.ledger.remediation import Part, Remediation
from junheng.domain.people.contacts import Contacts

_LEADS = ""


@dataclass(frozen=True, slots=True)
class Person:
    """A person identified by a Slack member id: the name and all units the person represents."""

    name: str
    units: tuple[str, ...]


def person_of(user: str, *, contacts: Contacts, day: date) -> Person | None:
    """Return the person behind a Slack user on a day, None if contacts.yaml does not list them."""
    posts = contacts.known_as(user, day)
    if not posts:
        return None
    units = dict.fromkeys(unit for post in posts for unit in post.units)
    return Person(posts[0].name, tuple(units))


def is_concerned(remediation: Remediation, units: Collection[str]) -> bool:
    """Return whether any of the units leads or supports a remediation."""
    return remediation.lead in units or any(unit in units for unit in remediation.supporting)


def parts_left(
    remediation: Remediation, move: Move, *, units: Collection[str], on: date
) -> tuple[str, ...]:
    """Return the parts in which units can still make a move: '' is the lead's own part."""
    lead = (
        (_LEADS,) if remediation.lead in units and _is_left_to_lead(remediation, move, on) else ()
    )
    supporting = (
        part.unit
        for part in remediation.parts
        if part.unit in units and _is_left(part, remediation, move)
    )
    return (*lead, *supporting)


def moves_left(
    listed: Iterable[Remediation], *, units: Collection[str], on: date, offered: Iterable[Move]
) -> tuple[Move, ...]:
    """Return the moves that units can still make in any of the remediations."""
    remediations = tuple(listed)
    return tuple(
        move
        for move in offered
        if any(parts_left(remediation, move, units=units, on=on) for remediation in remediations)
    )


def _is_left_to_lead(remediation: Remediation, move: Move, on: date) -> bool:
    if move is Move.REPORT:
        # A report without a receipt records receipt and start on the same day.
        return remediation.status in lifecycle.WITH_UNIT
    is_in_time = move is not Move.ASK_EXTENSION or on <= remediation.due_on
    return is_in_time and remediation.status in lifecycle.TABLE[move].origins


def _is_left(part: Part, remediation: Remediation, move: Move) -> bool:
    if remediation.status not in lifecycle.WITH_UNIT | lifecycle.WITH_OFFICE:
        return False
    if move is Move.RECEIPT:
        return part.receipted_on is None
    return move is Move.REPORT and part.reported_on is None
