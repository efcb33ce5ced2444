"""Scorecards of departments and towns, by the state of the ledger on a day."""

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
    """Return the scorecards for remediations opened between two days, by their state on `today`.

    They are built from the history, so that later changes do not affect a past day.
    """
    rulebook = bootstrap.rulebook()
    with bootstrap.session() as session:
        snapshots = history.snapshots(session, rulebook.district.code, until=today)
    shares = (
        share
        for remediation in map(of_snapshot, snapshots)
        if (since is None or since <= remediation.opened_on)
        and remediation.opened_on <= (until or today)
        for share in _shares(remediation, rulebook, today)
    )
    return scorecards.scorecards(shares, today=today)


def _shares(remediation: Remediation, rulebook: Rulebook, today: date) -> Iterator[Held]:
    if remediation.status in NOT_YET_OUT:
        return
    towns = rulebook.district.towns

    def share_of(unit: str, part: Part | None = None) -> Held:
        kind = Kind.TOWN if unit in towns else Kind.DEPARTMENT
        return Held(rulebook.display_name(unit, today), kind, remediation, part)

    yield share_of(remediation.lead)
    for part in remediation.parts:
        yield share_of(part.unit, part)
