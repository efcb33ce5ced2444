"""Whatever is done to a remediation, in whatever order: what holds of it all the same."""

from copy import deepcopy
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from junheng.domain import moves
from junheng.domain.duties import Assignment
from junheng.domain.lifecycle import Cause, Move, Status, TransitionNotAllowed
from junheng.domain.moves import ClosingNotEarned, MoveIncomplete
from junheng.domain.remediation import Act, Grounds, Remediation
from tests.domain.move_matrix import ABBREVIATED, ALLOWED
from tests.domain.one_remediation import BY_DATA, LACKING, OPENED, PROVEN, TERMS, act, draft

LEADS_TO = {(move, status): cell for move, status, cell in ALLOWED}
PAUSED = {Status.SUSPENDED, Status.DISPUTED}
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
# What somebody may forget to say, or say wrongly.
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
def deeds(draw: st.DrawFn, held: Remediation, today: date) -> tuple[Act, Grounds]:
    """Draw an act: most of them such as the matrix allows, and most of those said in full."""
    possible = [move for move, origin in LEADS_TO if origin is held.status]
    # Else nearly every life would end before it was out with its units.
    onward = [move for move in possible if move not in ENDINGS] or possible
    pools = (onward, onward, possible, list(Move))
    move = draw(st.one_of(*map(st.sampled_from, pools)))
    said: dict[str, Any] = {}
    if move is Move.ASK_EXTENSION:
        said = {"until": held.due_on + timedelta(days=draw(st.integers(1, 60)))}
    elif move is Move.WAIVE:
        said = {"until": today + timedelta(days=draw(st.integers(0, 60)))}
    slips = draw(st.just({}) | st.just({}) | SLIPS)
    on = draw(st.just(today) | st.just(today) | DAYS)
    return act(move, on, **said | slips), draw(GROUNDS)


def done(before: Remediation, deed: Act, grounds: Grounds) -> Remediation:
    if deed.unit:
        return moves.move_part(before, deed)
    return moves.move(before, deed, terms=TERMS, grounds=grounds)


@settings(max_examples=200, deadline=None)
@given(data=st.data(), length=st.integers(5, 40))
def test_no_sequence_of_acts_breaks_what_holds(data: st.DataObject, length: int) -> None:
    held, today = draft(), OPENED
    for _ in range(length):
        today += timedelta(days=data.draw(st.integers(0, 10)))
        deed, grounds = data.draw(deeds(held, today))
        before = deepcopy(held)
        try:
            after = done(held, deed, grounds)
        except REFUSALS:
            assert held == before
            continue
        _assert_the_table_leads_there(before, deed, after)
        _assert_it_is_the_same_one(before, after)
        _assert_its_fields_fit_its_status(after)
        held = after


def _assert_the_table_leads_there(before: Remediation, deed: Act, after: Remediation) -> None:
    if deed.unit:
        assert after.status is before.status
        return
    match LEADS_TO[deed.move, before.status]:
        case "==":
            assert (after.status, after.stood_at) == (before.status, before.stood_at)
        case "<=":
            assert after.status is before.stood_at
        case cell:
            assert after.status is ABBREVIATED[cell]


def _assert_it_is_the_same_one(before: Remediation, after: Remediation) -> None:
    for name in ("reference", "indicator", "unit", "period", "unit_name", "town", "school_year"):
        assert getattr(after, name) == getattr(before, name)
    for name in ("relapses", "carried_over", "cycle", "was_overridden"):
        assert getattr(after, name) >= getattr(before, name)


def _assert_its_fields_fit_its_status(one: Remediation) -> None:
    assert (one.stood_at is not None) == (one.status in PAUSED)
    assert (one.suspended_on is not None) == (one.status is Status.SUSPENDED)
    assert (one.arbitrate_by is not None) == (one.status is Status.DISPUTED)
    assert (one.waived_until is not None) == (one.status is Status.WAIVED)
    for closing in (one.closed_on, one.closing, one.cause):
        assert (closing is not None) == (one.status is Status.CLOSED)
    assert one.extension_until is None or one.extension_until > one.due_on
    assert one.receipt_due_on <= one.due_on
    for part in one.parts:
        assert part.receipt_due_on <= part.due_on <= one.due_on
    for milestone in one.milestones:
        assert milestone.due_on <= one.due_on
    assert len({part.unit for part in one.parts}) == len(one.parts)


def test_the_draft_that_every_sequence_begins_with_holds_too() -> None:
    _assert_its_fields_fit_its_status(draft())
    _assert_its_fields_fit_its_status(replace(draft(), status=Status.SIGNED_OFF))
    assert draft().due_on == OPENED + timedelta(days=28)
