"""The state machine of a remediation: allowed transitions and who may make them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """The status of a remediation."""

    DRAFTED = "drafted"
    SIGNED_OFF = "signed_off"
    HANDED_OVER = "handed_over"
    RECEIPTED = "receipted"
    IN_PROGRESS = "in_progress"
    REPORTED = "reported"
    REVIEWED = "reviewed"
    CLOSED = "closed"
    SENT_BACK = "sent_back"
    DISPUTED = "disputed"
    SUSPENDED = "suspended"
    WAIVED = "waived"


class Move(StrEnum):
    """All transitions of a remediation."""

    DRAFT = "draft"
    SIGN_OFF = "sign_off"
    HAND_OVER = "hand_over"
    RECEIPT = "receipt"
    START = "start"
    REPORT = "report"
    REVIEW = "review"
    CLOSE = "close"
    SEND_BACK = "send_back"
    DISPUTE = "dispute"
    UPHOLD = "uphold"
    REASSIGN = "reassign"
    ASK_EXTENSION = "ask_extension"
    GRANT_EXTENSION = "grant_extension"
    REFUSE_EXTENSION = "refuse_extension"
    SUSPEND = "suspend"
    RESUME = "resume"
    WAIVE = "waive"
    LAPSE = "lapse"
    CLOSE_BY_DATA = "close_by_data"
    OVERRIDE_CLOSE = "override_close"
    REOPEN = "reopen"
    CARRY_OVER = "carry_over"
    FOLLOW = "follow"
    FAIL_AGAIN = "fail_again"
    REPROJECT = "reproject"


class Party(StrEnum):
    """Who makes a move: the system acts on evaluations and dates, the others are people."""

    SYSTEM = "system"
    OFFICE = "office"
    UNIT = "unit"
    ARBITER = "arbiter"


class Cause(StrEnum):
    """The cause of a closed remediation."""

    DATA_WRONG = "data_wrong"
    REAL_GAP = "real_gap"
    RULE_WRONG = "rule_wrong"
    NOT_OURS = "not_ours"


class Closing(StrEnum):
    """How a closing was justified; an override stays visible as an override."""

    DATA = "data"
    EVIDENCE = "evidence"
    OVERRIDE = "override"


class RelativeTarget(StrEnum):
    """The target of a move without a fixed status: the same status, or that before a pause."""

    STAYS = "stays"
    BACK = "back"


@dataclass(frozen=True, slots=True)
class Transition:
    """One move of the table."""

    by: Party
    origins: frozenset[Status]
    to: Status | RelativeTarget


class TransitionNotAllowed(Exception):
    """We cannot make a move, because the table does not allow it from the current status."""

    def __init__(self, move: Move, status: Status) -> None:
        super().__init__(f"{status} -> {move}")
        self.move = move
        self.status = status


S = Status
# The unit is working and its clock runs.
WITH_UNIT = frozenset({S.HANDED_OVER, S.RECEIPTED, S.IN_PROGRESS, S.SENT_BACK})
# The unit still has dates to keep, now or after a pause.
CLOCKED = WITH_UNIT | {S.DISPUTED, S.SUSPENDED}
# The unit has done its part and the office has not.
WITH_OFFICE = frozenset({S.REPORTED, S.REVIEWED})
NOT_YET_OUT = frozenset({S.DRAFTED, S.SIGNED_OFF})
ENDED = frozenset({S.CLOSED})
OPEN = frozenset(Status) - ENDED
_ASKED_AGAIN = OPEN - {S.WAIVED}
# After these moves all readers are notified of a remediation again.
SETS_CLOCK = frozenset(
    {
        Move.SEND_BACK,
        Move.UPHOLD,
        Move.REASSIGN,
        Move.GRANT_EXTENSION,
        Move.RESUME,
        Move.LAPSE,
        Move.REOPEN,
        Move.CARRY_OVER,
        Move.FAIL_AGAIN,
        Move.REPROJECT,
    }
)

TABLE: Mapping[Move, Transition] = {
    Move.DRAFT: Transition(Party.SYSTEM, frozenset(), S.DRAFTED),
    Move.SIGN_OFF: Transition(Party.OFFICE, frozenset({S.DRAFTED}), S.SIGNED_OFF),
    Move.HAND_OVER: Transition(Party.OFFICE, frozenset({S.SIGNED_OFF}), S.HANDED_OVER),
    Move.RECEIPT: Transition(Party.UNIT, frozenset({S.HANDED_OVER}), S.RECEIPTED),
    Move.START: Transition(Party.UNIT, frozenset({S.RECEIPTED, S.SENT_BACK}), S.IN_PROGRESS),
    Move.REPORT: Transition(Party.UNIT, frozenset({S.IN_PROGRESS}), S.REPORTED),
    Move.REVIEW: Transition(Party.OFFICE, frozenset({S.REPORTED}), S.REVIEWED),
    Move.CLOSE: Transition(Party.OFFICE, frozenset({S.REVIEWED}), S.CLOSED),
    Move.SEND_BACK: Transition(Party.OFFICE, WITH_OFFICE, S.SENT_BACK),
    Move.DISPUTE: Transition(Party.UNIT, WITH_UNIT, S.DISPUTED),
    Move.UPHOLD: Transition(Party.ARBITER, frozenset({S.DISPUTED}), RelativeTarget.BACK),
    Move.REASSIGN: Transition(Party.ARBITER, frozenset({S.DISPUTED}), S.HANDED_OVER),
    Move.ASK_EXTENSION: Transition(Party.UNIT, WITH_UNIT, RelativeTarget.STAYS),
    Move.GRANT_EXTENSION: Transition(Party.OFFICE, WITH_UNIT, RelativeTarget.STAYS),
    Move.REFUSE_EXTENSION: Transition(Party.OFFICE, WITH_UNIT, RelativeTarget.STAYS),
    Move.SUSPEND: Transition(Party.OFFICE, WITH_UNIT, S.SUSPENDED),
    Move.RESUME: Transition(Party.OFFICE, frozenset({S.SUSPENDED}), RelativeTarget.BACK),
    Move.WAIVE: Transition(Party.OFFICE, _ASKED_AGAIN, S.WAIVED),
    # An expired waiver and a relapse are drafted again: nothing goes to a unit without sign-off.
    Move.LAPSE: Transition(Party.SYSTEM, frozenset({S.WAIVED}), S.DRAFTED),
    Move.CLOSE_BY_DATA: Transition(Party.SYSTEM, OPEN, S.CLOSED),
    Move.OVERRIDE_CLOSE: Transition(Party.OFFICE, WITH_UNIT | WITH_OFFICE | {S.DISPUTED}, S.CLOSED),
    Move.REOPEN: Transition(Party.SYSTEM, ENDED, S.DRAFTED),
    Move.CARRY_OVER: Transition(Party.SYSTEM, OPEN, RelativeTarget.STAYS),
    Move.FOLLOW: Transition(Party.SYSTEM, OPEN, RelativeTarget.STAYS),
    # Reported as done, but the figures of a newer year contradict it.
    Move.FAIL_AGAIN: Transition(Party.SYSTEM, WITH_OFFICE, S.SENT_BACK),
    # A report was in time or late by the date valid then: that date is not moved.
    Move.REPROJECT: Transition(Party.SYSTEM, CLOCKED, RelativeTarget.STAYS),
}


def destination(move: Move, status: Status, *, stood_at: Status | None) -> Status:
    """Return the status after a move; `stood_at` is the status before a pause.

    Raises:
        TransitionNotAllowed: the table has no such move from this status.

    """
    transition = TABLE[move]
    if status not in transition.origins:
        raise TransitionNotAllowed(move, status)
    match transition.to:
        case RelativeTarget.STAYS:
            return status
        case RelativeTarget.BACK:
            if stood_at is None:
                raise TransitionNotAllowed(move, status)
            return stood_at
        case _:
            return transition.to


def path(status: Status, to: Status) -> tuple[Move, ...]:
    """Return the moves by which a unit itself gets from one status to another, none if equal.

    A report without a receipt also records the receipt and the start.

    Raises:
        TransitionNotAllowed: a unit cannot reach that status by itself.

    """
    steps: list[Move] = []
    current = status
    while current is not to:
        step = _UNIT_STEPS.get(current)
        if step is None or to not in _LEADS_TO:
            raise TransitionNotAllowed(_LEADS_TO.get(to, Move.REPORT), status)
        steps.append(step)
        current = destination(step, current, stood_at=None)
    return tuple(steps)


_UNIT_STEPS = {
    S.HANDED_OVER: Move.RECEIPT,
    S.RECEIPTED: Move.START,
    S.SENT_BACK: Move.START,
    S.IN_PROGRESS: Move.REPORT,
}
_LEADS_TO = {S.RECEIPTED: Move.RECEIPT, S.IN_PROGRESS: Move.START, S.REPORTED: Move.REPORT}
