"""Invariants of a remediation under any sequence of acts."""

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
def test_no_sequence_of_acts_breaks_the_invariants(data: st.DataObject, length: int) -> None:
    remediation, today = draft(), OPENED
    for _ in range(length):
        today += timedelta(days=data.draw(st.integers(0, 10)))
        deed, grounds = data.draw(deeds(remediation, today)), data.draw(GROUNDS)
        before = deepcopy(remediation)
        try:
            after = done(remediation, deed, grounds)
        except REFUSALS:
            assert remediation == before
            continue
        _assert_the_transition_is_allowed(before, deed, after)
        _assert_its_identity_is_unchanged(before, after)
        _assert_its_fields_fit_its_status(after)
        remediation = after


def _assert_the_transition_is_allowed(before: Remediation, deed: Act, after: Remediation) -> None:
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


def _assert_its_identity_is_unchanged(before: Remediation, after: Remediation) -> None:
    for name in ("reference", "indicator", "unit", "period", "unit_name", "town", "school_year"):
        assert getattr(after, name) == getattr(before, name)
    for name in ("relapses", "carried_over", "cycle", "was_overridden"):
        assert getattr(after, name) >= getattr(before, name)


def _assert_its_fields_fit_its_status(remediation: Remediation) -> None:
    assert (remediation.stood_at is not None) == (remediation.status in PAUSED)
    assert (remediation.suspended_on is not None) == (remediation.status in PAUSED)
    assert (remediation.arbitrate_by is not None) == (remediation.status is Status.DISPUTED)
    assert (remediation.waived_until is not None) == (remediation.status is Status.WAIVED)
    for closing in (remediation.closed_on, remediation.closing, remediation.cause):
        assert (closing is not None) == (remediation.status is Status.CLOSED)
    assert remediation.extension_until is None or remediation.extension_until > remediation.due_on
    assert remediation.receipt_due_on <= remediation.due_on
    for part in remediation.parts:
        assert part.receipt_due_on <= part.due_on <= remediation.due_on
    for milestone in remediation.milestones:
        assert milestone.due_on <= remediation.due_on
    assert len({part.unit for part in remediation.parts}) == len(remediation.parts)


def test_the_first_draft_fulfils_the_invariants() -> None:
    _assert_its_fields_fit_its_status(draft())
    _assert_its_fields_fit_its_status(replace(draft(), status=Status.SIGNED_OFF))
    assert draft().due_on == OPENED + timedelta(days=28)
