"""Scorecards of departments and towns, out of the ledger as it stood on a day."""

from collections.abc import Iterator, Mapping
from datetime import date

from junheng import bootstrap
from junheng.domain.ledger import scorecards
from junheng.domain.ledger.lifecycle import NOT_YET_OUT, Status
from junheng.domain.ledger.past_states import of_snapshot
from junheng.domain.ledger.remediation import Remediation
from junheng.domain.ledger.scorecards import Held, Kind, Role, Scorecard
from junheng.rulebook import Rulebook
from junheng.store import history

# Where nobody can be late: the clock stands, or it is not settled whose it is.
NO_CLOCK = frozenset({Status.SUSPENDED, Status.WAIVED, Status.DISPUTED})


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


def _held(one: Remediation, rulebook: Rulebook, today: date) -> Iterator[Held]:
    if one.status in NOT_YET_OUT:
        return
    towns = rulebook.district.towns
    runs = one.status not in NO_CLOCK
    yield Held(
        unit=rulebook.display_name(one.lead, today),
        kind=Kind.TOWN if one.lead in towns else Kind.DEPARTMENT,
        role=Role.LEAD,
        opened_on=one.opened_on,
        receipt_due_on=one.receipt_due_on,
        due_on=one.due_on,
        receipted_on=one.receipted_on,
        reported_on=one.reported_on,
        closed_on=one.closed_on,
        relapses=one.relapses,
        clock_runs=runs,
    )
    for part in one.parts:
        yield Held(
            unit=rulebook.display_name(part.unit, today),
            kind=Kind.TOWN if part.unit in towns else Kind.DEPARTMENT,
            role=Role.SUPPORTING,
            opened_on=one.opened_on,
            receipt_due_on=part.receipt_due_on,
            due_on=part.due_on,
            receipted_on=part.receipted_on,
            reported_on=part.reported_on,
            closed_on=one.closed_on,
            relapses=one.relapses,
            clock_runs=runs,
        )
