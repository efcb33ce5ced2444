"""The life of a remediation: one table says which move leads whither, and whose it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """Where a remediation stands."""

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
    """Everything that is ever done to a remediation."""

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
    """Whose move it is: the system works from evaluations and dates, the others are people."""

    SYSTEM = "system"
    OFFICE = "office"
    UNIT = "unit"
    ARBITER = "arbiter"


class Cause(StrEnum):
    """Why a remediation could be closed: what had been wrong."""

    DATA_WRONG = "data_wrong"
    REAL_GAP = "real_gap"
    RULE_WRONG = "rule_wrong"
    NOT_OURS = "not_ours"


class Closing(StrEnum):
    """How a closing was earned; an override stays visible as one."""

    DATA = "data"
    EVIDENCE = "evidence"
    OVERRIDE = "override"


class Whither(StrEnum):
    """Where a move leads that has no status of its own: nowhere, or back to where it stood."""

    STAYS = "stays"
    BACK = "back"


@dataclass(frozen=True, slots=True)
class Transition:
    """One move of the table."""

    by: Party
    origins: frozenset[Status]
    to: Status | Whither


class TransitionNotAllowed(Exception):
    """We cannot make a move, because the table does not lead there from where it stands."""

    def __init__(self, move: Move, status: Status) -> None:
        super().__init__(f"{status} -> {move}")
        self.move = move
        self.status = status


S = Status
# Where the unit is at work and its clock runs.
WITH_UNIT = frozenset({S.HANDED_OVER, S.RECEIPTED, S.IN_PROGRESS, S.SENT_BACK})
# Where dates stand that the unit has still to keep, now or once it goes on.
CLOCKED = WITH_UNIT | {S.DISPUTED, S.SUSPENDED}
# Where the unit has done its part and the office has not.
WITH_OFFICE = frozenset({S.REPORTED, S.REVIEWED})
NOT_YET_OUT = frozenset({S.DRAFTED, S.SIGNED_OFF})
ENDED = frozenset({S.CLOSED})
OPEN = frozenset(Status) - ENDED
_ASKED_AGAIN = OPEN - {S.WAIVED}
# After which everybody is told of a remediation once more.
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
    Move.UPHOLD: Transition(Party.ARBITER, frozenset({S.DISPUTED}), Whither.BACK),
    Move.REASSIGN: Transition(Party.ARBITER, frozenset({S.DISPUTED}), S.HANDED_OVER),
    Move.ASK_EXTENSION: Transition(Party.UNIT, WITH_UNIT, Whither.STAYS),
    Move.GRANT_EXTENSION: Transition(Party.OFFICE, WITH_UNIT, Whither.STAYS),
    Move.REFUSE_EXTENSION: Transition(Party.OFFICE, WITH_UNIT, Whither.STAYS),
    Move.SUSPEND: Transition(Party.OFFICE, WITH_UNIT, S.SUSPENDED),
    Move.RESUME: Transition(Party.OFFICE, frozenset({S.SUSPENDED}), Whither.BACK),
    Move.WAIVE: Transition(Party.OFFICE, _ASKED_AGAIN, S.WAIVED),
    # A waiver that ran out and a relapse are drafted anew: nothing goes to a unit unsigned.
    Move.LAPSE: Transition(Party.SYSTEM, frozenset({S.WAIVED}), S.DRAFTED),
    Move.CLOSE_BY_DATA: Transition(Party.SYSTEM, OPEN, S.CLOSED),
    Move.OVERRIDE_CLOSE: Transition(Party.OFFICE, WITH_UNIT | WITH_OFFICE | {S.DISPUTED}, S.CLOSED),
    Move.REOPEN: Transition(Party.SYSTEM, ENDED, S.DRAFTED),
    Move.CARRY_OVER: Transition(Party.SYSTEM, OPEN, Whither.STAYS),
    Move.FOLLOW: Transition(Party.SYSTEM, OPEN, Whither.STAYS),
    # Reported as done, and the figures of a newer year say that it is not.
    Move.FAIL_AGAIN: Transition(Party.SYSTEM, WITH_OFFICE, S.SENT_BACK),
    # What was reported was in time or late by the date that stood then: that is not moved.
    Move.REPROJECT: Transition(Party.SYSTEM, CLOCKED, Whither.STAYS),
}


def destination(move: Move, status: Status, *, stood_at: Status | None) -> Status:
    """Return where a move leads from a status; `stood_at` is where it stood before a pause.

    Raises:
        TransitionNotAllowed: the table has no such move from there.

    """
    transition = TABLE[move]
    if status not in transition.origins:
        raise TransitionNotAllowed(move, status)
    match transition.to:
        case Whither.STAYS:
            return status
        case Whither.BACK:
            if stood_at is None:
                raise TransitionNotAllowed(move, status)
            return stood_at
        case _:
            return transition.to


def path(status: Status, to: Status) -> tuple[Move, ...]:
    """Return the moves by which a unit itself gets from where it stands to a status.

    Who reports without a receipt has received it and begun: each is written down. Where it stands
    there already, nothing is left to do.

    Raises:
        TransitionNotAllowed: a unit cannot get there by itself.

    """
    steps: list[Move] = []
    stands = status
    while stands is not to:
        step = _UNIT_STEPS.get(stands)
        if step is None or to not in _LEADS_TO:
            raise TransitionNotAllowed(_LEADS_TO.get(to, Move.REPORT), status)
        steps.append(step)
        stands = destination(step, stands, stood_at=None)
    return tuple(steps)


_UNIT_STEPS = {
    S.HANDED_OVER: Move.RECEIPT,
    S.RECEIPTED: Move.START,
    S.SENT_BACK: Move.START,
    S.IN_PROGRESS: Move.REPORT,
}
_LEADS_TO = {S.RECEIPTED: Move.RECEIPT, S.IN_PROGRESS: Move.START, S.REPORTED: Move.REPORT}
