"""Counts due dates again once the holidays they were counted over are announced."""

from datetime import date, datetime

from junheng import bootstrap
from junheng.domain.ledger.due_date_changes import reprojected
from junheng.domain.ledger.lifecycle import CLOCKED, Move
from junheng.domain.ledger.remediation import Act
from junheng.store import remediations
from tasks.ledger.ledger import SYSTEM, Ledger


def reproject(today: date, *, now: datetime) -> int:
    """Move what was due by days that were only assumed, and return how many moved."""
    rulebook = bootstrap.rulebook()
    with bootstrap.session() as session:
        ledger = Ledger.of(session, rulebook, now=now)
        assuming = remediations.counted_over_assumed_days(session, ledger.district)
        moving = [
            one
            for one in assuming
            if one.status in CLOCKED
            and reprojected(one, calendar=rulebook.calendar, on=today) is not None
        ]
        for one in moving:
            ledger.act(one, Act(Move.REPROJECT, SYSTEM, today))
        return len(moving)
