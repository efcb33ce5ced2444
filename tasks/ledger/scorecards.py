"""Scorecards of departments and towns, out of the ledger as it stood on a day."""

from collections.abc import Iterator, Mapping
from datetime import date

from junheng import bootstrap
from junheng.domain.ledger import scorecards
from junheng.domain.ledger.lifecycle import NOT_YET_OUT
from junheng.domain.ledger.past_states import of_snapshot
from junheng.domain.ledger.remediation import Part, Remediation
from junheng.domain.ledger.scorecards import Held, Kind, Scorecard
from junheng.rulebook import Rulebook
from junheng.store import history


def of_day(
    today: date, *, since: date | None = None, until: date | None = None
) -> Mapping[Kind, tuple[Scorecard, ...]]:
    """Return the scorecards of what was opened from one day to another, as it stood on a day.

    They are read from the history: what is done later does not change those of a past day.
    """
    rulebook = bootstrap.rulebook()
    with bootstrap.session() as session:
        told = history.snapshots(session, rulebook.district.code, until=today)
    held = (
        one
        for remediation in map(of_snapshot, told)
        if (since is None or since <= remediation.opened_on)
        and remediation.opened_on <= (until or today)
        for one in _held(remediation, rulebook, today)
    )
    return scorecards.scorecards(held, today=today)


def _held(remediation: Remediation, rulebook: Rulebook, today: date) -> Iterator[Held]:
    if remediation.status in NOT_YET_OUT:
        return
    towns = rulebook.district.towns

    def held_by(unit: str, part: Part | None = None) -> Held:
        kind = Kind.TOWN if unit in towns else Kind.DEPARTMENT
        return Held(rulebook.display_name(unit, today), kind, remediation, part)

    yield held_by(remediation.lead)
    for part in remediation.parts:
        yield held_by(part.unit, part)
