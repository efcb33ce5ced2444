"""Requirements of each move: person, reason, approver and a valid day."""

from datetime import date

from junheng.domain.ledger import lifecycle
from junheng.domain.ledger.lifecycle import Move
from junheng.domain.ledger.remediation import Act, Grounds, Remediation


class MoveIncomplete(Exception):
    """We cannot make a move, because a required input is missing; `lacking` names it."""

    def __init__(self, move: Move, lacking: str) -> None:
        super().__init__(f"{move}: {lacking}")
        self.move = move
        self.lacking = lacking


class ClosingNotEarned(Exception):
    """We cannot close, because neither data nor evidence shows that the shortfall is fixed."""

    def __init__(self, grounds: Grounds) -> None:
        super().__init__(", ".join(grounds.missing_kinds) or "data")
        self.grounds = grounds


# These moves need a reason.
NEEDS_REASON = frozenset(
    {
        Move.SEND_BACK,
        Move.DISPUTE,
        Move.UPHOLD,
        Move.REASSIGN,
        Move.ASK_EXTENSION,
        Move.REFUSE_EXTENSION,
        Move.SUSPEND,
        Move.WAIVE,
        Move.OVERRIDE_CLOSE,
    }
)
# A person's move must not be dated before the opening, except the moves that open it.
OPENS_REMEDIATION = frozenset({Move.SIGN_OFF, Move.HAND_OVER})
# These moves need the name of an approver in addition to the person who enters them.
NEEDS_APPROVER = frozenset({Move.GRANT_EXTENSION, Move.SUSPEND, Move.WAIVE})


def check(before: Remediation, act: Act) -> None:
    """Check the requirements of an act; raises MoveIncomplete."""
    if not act.by.strip():
        raise MoveIncomplete(act.move, "by")
    if act.move in NEEDS_REASON and not act.reason.strip():
        raise MoveIncomplete(act.move, "reason")
    if act.move in NEEDS_APPROVER and not act.approved_by.strip():
        raise MoveIncomplete(act.move, "approved_by")
    is_by_person = lifecycle.TABLE[act.move].by is not lifecycle.Party.SYSTEM
    if is_by_person and act.move not in OPENS_REMEDIATION:
        if act.on < before.opened_on:
            raise MoveIncomplete(act.move, "on")
        if not act.unit and act.on < _last_done_on(before, act.move):
            raise MoveIncomplete(act.move, "order")


def _last_done_on(before: Remediation, move: Move) -> date:
    """Return the day of the act that a move answers: an answer must not be dated before it."""
    match move:
        case Move.START | Move.REPORT:
            done_on = before.receipted_on
        case Move.REVIEW | Move.SEND_BACK | Move.CLOSE:
            done_on = before.reported_on
        case Move.RESUME | Move.UPHOLD | Move.REASSIGN:
            done_on = before.suspended_on
        case _:
            done_on = None
    return done_on or before.opened_on
