"""Draws valid and invalid acts on a remediation."""

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from junheng.domain.duties.responsibilities import Assignment
from junheng.domain.ledger.lifecycle import Cause, Move, TransitionNotAllowed
from junheng.domain.ledger.remediation import Act, Remediation
from junheng.domain.ledger.transition_requirements import ClosingNotEarned, MoveIncomplete
from tests.domain.ledger.move_matrix import ALLOWED
from tests.domain.ledger.one_remediation import BY_DATA, LACKING, PROVEN, act

LEADS_TO = {(move, status): cell for move, status, cell in ALLOWED}
ENDINGS = {
    Move.WAIVE,
    Move.CLOSE_BY_DATA,
    Move.OVERRIDE_CLOSE,
    Move.CARRY_OVER,
    Move.FOLLOW,
}
REFUSALS = (TransitionNotAllowed, MoveIncomplete, ClosingNotEarned)
DAYS = st.dates(min_value=date(2025, 10, 13), max_value=date(2027, 12, 31))
GROUNDS = st.sampled_from([BY_DATA, LACKING, PROVEN])
# Inputs that may be missing or wrong.
SLIPS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "by": st.just(" "),
        "reason": st.just(""),
        "approved_by": st.just(""),
        "cause": st.sampled_from([None, *Cause]),
        "until": st.none() | DAYS,
        "assigned": st.sampled_from(
            [None, Assignment("区教育局", (), "甲"), Assignment("区民政局", ("区财政局",), "乙")]
        ),
        "school_year": st.integers(2024, 2028),
        "items": st.sampled_from([None, (), ("3370405001:初中",)]),
        "unit": st.sampled_from(["区财政局", "运河街道", "区公安分局"]),
        "text": st.just("进展"),
    },
)


@st.composite
def deeds(draw: st.DrawFn, remediation: Remediation, today: date) -> Act:
    """Draw an act: most are allowed by the matrix, and most of those are complete."""
    possible = [move for move, origin in LEADS_TO if origin is remediation.status]
    # Otherwise nearly every remediation would end before it is handed over.
    onward = [move for move in possible if move not in ENDINGS] or possible
    pools = (onward, onward, possible, list(Move))
    move = draw(st.one_of(*map(st.sampled_from, pools)))
    inputs: dict[str, Any] = {}
    if move is Move.ASK_EXTENSION:
        inputs = {"until": remediation.due_on + timedelta(days=draw(st.integers(1, 60)))}
    elif move is Move.WAIVE:
        inputs = {"until": today + timedelta(days=draw(st.integers(0, 60)))}
    slips = draw(st.just({}) | st.just({}) | SLIPS)
    on = draw(st.just(today) | st.just(today) | DAYS)
    return act(move, on, **inputs | slips)
