"""Ends expired waivers: the remediation is handed over again on the day after the last day."""

from datetime import date, datetime

from junheng import bootstrap
from junheng.domain.ledger.lifecycle import Move, Status
from junheng.domain.ledger.remediation import Act
from junheng.store import remediations
from tasks.ledger.ledger import SYSTEM, Ledger


def lapse_due(today: date, *, now: datetime) -> int:
    """Hand over again every remediation whose waiver ended before today; return how many."""
    rulebook = bootstrap.rulebook()
    with bootstrap.session() as session:
        ledger = Ledger.of(session, rulebook, now=now)
        waived = remediations.with_status(session, ledger.district, {Status.WAIVED})
        lapsed = [
            remediation
            for remediation in waived
            if remediation.waived_until is not None and remediation.waived_until < today
        ]
        for remediation in lapsed:
            drafted = ledger.act(remediation, Act(Move.LAPSE, SYSTEM, today))
            ledger.hand_over(drafted, by=rulebook.contacts.office, on=today)
        return len(lapsed)
