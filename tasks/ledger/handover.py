"""Handover: the changes of units between two days, with their open remediations."""

from dataclasses import dataclass
from datetime import date

from junheng import bootstrap
from junheng.domain.ledger import lifecycle
from junheng.domain.people import handover
from junheng.domain.people.handover import Change
from junheng.store import remediations


@dataclass(frozen=True, slots=True)
class HandOver:
    """One change of a unit, with the references of the open remediations it leads and supports."""

    change: Change
    leads: tuple[str, ...]
    supports: tuple[str, ...]


def handovers(*, since: date, until: date) -> tuple[HandOver, ...]:
    """Return the changes after `since` up to `until`, with the units' open remediations."""
    rulebook = bootstrap.rulebook()
    changed = handover.changes(
        rulebook.departments,
        rulebook.contacts,
        rulebook.district.towns,
        since=since,
        until=until,
    )
    with bootstrap.session() as session:
        still_open = remediations.with_status(session, rulebook.district.code, lifecycle.OPEN)
    return tuple(
        HandOver(
            change,
            tuple(item.reference for item in still_open if item.lead == change.unit),
            tuple(item.reference for item in still_open if change.unit in item.supporting),
        )
        for change in changed
    )
