"""Hand-over: what changed of the units between two days, with what is still open of each."""

from dataclasses import dataclass
from datetime import date

from junheng import bootstrap
from junheng.domain.ledger import lifecycle
from junheng.domain.people import handover
from junheng.domain.people.handover import Change
from junheng.store import remediations


@dataclass(frozen=True, slots=True)
class HandOver:
    """One change of a unit, and the references of what it leads and supports."""

    change: Change
    leads: tuple[str, ...]
    supports: tuple[str, ...]


def handovers(*, since: date, until: date) -> tuple[HandOver, ...]:
    """Return the changes after `since` and up to `until`, with what is not closed of each unit."""
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
            tuple(one.reference for one in still_open if one.lead == change.unit),
            tuple(one.reference for one in still_open if change.unit in one.supporting),
        )
        for change in changed
    )
