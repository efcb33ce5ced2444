"""Recalculates provisional due dates when the holidays are announced."""

from datetime import date, datetime

from junheng import bootstrap
from junheng.domain.ledger.due_date_changes import reprojected
from junheng.domain.ledger.lifecycle import CLOCKED, Move
from junheng.domain.ledger.remediation import Act
from junheng.store import remediations
from tasks.ledger.ledger import SYSTEM, Ledger


def reproject(today: date, *, now: datetime) -> int:
    """Recalculate due dates that assumed unannounced days; return how many changed."""
    rulebook = bootstrap.rulebook()
    with bootstrap.session() as session:
        ledger = Ledger.of(session, rulebook, now=now)
        assuming = remediations.counted_over_assumed_days(session, ledger.district)
        moving = [
            remediation
            for remediation in assuming
            if remediation.status in CLOCKED
            and reprojected(remediation, calendar=rulebook.calendar, on=today) is not None
        ]
        for remediation in moving:
            ledger.act(remediation, Act(Move.REPROJECT, SYSTEM, today))
        return len(moving)
