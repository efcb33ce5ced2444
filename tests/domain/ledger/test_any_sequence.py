"""Whatever is done to a remediation, in whatever order: what holds of it all the same."""

from copy import deepcopy
from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from junheng.domain.ledger import moves
from junheng.domain.ledger.lifecycle import Status
from junheng.domain.ledger.remediation import Act, Grounds, LedgerContext, Remediation
from tests.domain.ledger.any_deeds import GROUNDS, LEADS_TO, REFUSALS, deeds
from tests.domain.ledger.move_matrix import ABBREVIATED
from tests.domain.ledger.one_remediation import OPENED, TERMS, draft

PAUSED = {Status.SUSPENDED, Status.DISPUTED}


def done(before: Remediation, deed: Act, grounds: Grounds) -> Remediation:
    if deed.unit:
        return moves.move_part(before, deed)
    return moves.move(before, deed, context=LedgerContext(TERMS, grounds))


@given(data=st.data(), length=st.integers(5, 40))
def test_no_sequence_of_acts_breaks_what_holds(data: st.DataObject, length: int) -> None:
    held, today = draft(), OPENED
    for _ in range(length):
        today += timedelta(days=data.draw(st.integers(0, 10)))
        deed, grounds = data.draw(deeds(held, today)), data.draw(GROUNDS)
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
    assert (one.suspended_on is not None) == (one.status in PAUSED)
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
