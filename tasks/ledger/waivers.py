"""Ends waivers that ran out: what was waived is asked for again, on the day after its last."""

from datetime import date, datetime

from junheng import bootstrap
from junheng.domain.ledger.lifecycle import Move, Status
from junheng.domain.ledger.remediation import Act
from junheng.store import remediations
from tasks.ledger.ledger import SYSTEM, Ledger


def lapse_due(today: date, *, now: datetime) -> int:
    """Hand over again whatever was waived until before today, and return how many."""
    rulebook = bootstrap.rulebook()
    with bootstrap.session() as session:
        ledger = Ledger.of(session, rulebook, now=now)
        waived = remediations.with_status(session, ledger.district, {Status.WAIVED})
        over = [one for one in waived if one.waived_until is not None and one.waived_until < today]
        for one in over:
            drafted = ledger.act(one, Act(Move.LAPSE, SYSTEM, today))
            ledger.hand_over(drafted, by=rulebook.contacts.office, on=today)
        return len(over)
