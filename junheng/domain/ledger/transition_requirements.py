"""What a move demands to be said: who, why, by whose leave, and a day that fits."""

from datetime import date

from junheng.domain.ledger import lifecycle
from junheng.domain.ledger.lifecycle import Move
from junheng.domain.ledger.remediation import Act, Grounds, Remediation


class MoveIncomplete(Exception):
    """We cannot make a move, because something it needs was not said; `lacking` names it."""

    def __init__(self, move: Move, lacking: str) -> None:
        super().__init__(f"{move}: {lacking}")
        self.move = move
        self.lacking = lacking


class ClosingNotEarned(Exception):
    """We cannot close, because neither data nor evidence shows that it was put right."""

    def __init__(self, grounds: Grounds) -> None:
        super().__init__(", ".join(grounds.missing_kinds) or "data")
        self.grounds = grounds


# Whoever makes one of these says why.
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
# What a person does to a remediation is not done before it was opened; opening it is.
SETS_THE_CLOCK = frozenset({Move.SIGN_OFF, Move.HAND_OVER})
# These are granted by somebody with a name of his own, beside the one who writes them down.
NEEDS_APPROVER = frozenset({Move.GRANT_EXTENSION, Move.SUSPEND, Move.WAIVE})


def check(before: Remediation, act: Act) -> None:
    """Do nothing where everything is said; raises MoveIncomplete."""
    if not act.by.strip():
        raise MoveIncomplete(act.move, "by")
    if act.move in NEEDS_REASON and not act.reason.strip():
        raise MoveIncomplete(act.move, "reason")
    if act.move in NEEDS_APPROVER and not act.approved_by.strip():
        raise MoveIncomplete(act.move, "approved_by")
    is_peoples = lifecycle.TABLE[act.move].by is not lifecycle.Party.SYSTEM
    if is_peoples and act.move not in SETS_THE_CLOCK:
        if act.on < before.opened_on:
            raise MoveIncomplete(act.move, "on")
        if not act.unit and act.on < _last_done_on(before, act.move):
            raise MoveIncomplete(act.move, "order")


def _last_done_on(before: Remediation, move: Move) -> date:
    """Return the day of what a move answers: nothing is answered before it was said."""
    match move:
        case Move.START | Move.REPORT:
            said_on = before.receipted_on
        case Move.REVIEW | Move.SEND_BACK | Move.CLOSE:
            said_on = before.reported_on
        case Move.RESUME | Move.UPHOLD | Move.REASSIGN:
            said_on = before.suspended_on
        case _:
            said_on = None
    return said_on or before.opened_on
