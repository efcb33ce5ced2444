"""Doings: what is left for some units to do of a remediation, and who a person in chat is."""

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
    """Somebody known by a Slack member id: a name, and every unit answered for."""

    name: str
    units: tuple[str, ...]


def person_of(user: str, *, contacts: Contacts, day: date) -> Person | None:
    """Return who a member of the workspace is on a day, None where contacts.yaml knows nobody."""
    held = contacts.known_as(user, day)
    if not held:
        return None
    units = dict.fromkeys(unit for one in held for unit in one.units)
    return Person(held[0].name, tuple(units))


def is_concerned(held: Remediation, units: Collection[str]) -> bool:
    """Say whether some units lead or support a remediation."""
    return held.lead in units or any(unit in units for unit in held.supporting)


def parts_left(
    held: Remediation, move: Move, *, units: Collection[str], on: date
) -> tuple[str, ...]:
    """Return the parts in which a move is left to some units: '' is the lead's own."""
    lead = (_LEADS,) if held.lead in units and _is_left_to_lead(held, move, on) else ()
    supporting = (
        part.unit for part in held.parts if part.unit in units and _is_left(part, held, move)
    )
    return (*lead, *supporting)


def moves_left(
    listed: Iterable[Remediation], *, units: Collection[str], on: date, offered: Iterable[Move]
) -> tuple[Move, ...]:
    """Return the moves that are left in any of some remediations."""
    everything = tuple(listed)
    return tuple(
        move
        for move in offered
        if any(parts_left(held, move, units=units, on=on) for held in everything)
    )


def _is_left_to_lead(held: Remediation, move: Move, on: date) -> bool:
    if move is Move.REPORT:
        # Who reports without having signed signs and begins on the same day.
        return held.status in lifecycle.WITH_UNIT
    is_in_time = move is not Move.ASK_EXTENSION or on <= held.due_on
    return is_in_time and held.status in lifecycle.TABLE[move].origins


def _is_left(part: Part, held: Remediation, move: Move) -> bool:
    if held.status not in lifecycle.WITH_UNIT | lifecycle.WITH_OFFICE:
        return False
    if move is Move.RECEIPT:
        return part.receipted_on is None
    return move is Move.REPORT and part.reported_on is None
