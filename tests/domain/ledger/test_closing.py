"""Closing and relapse of a remediation, and its course over the years."""

from dataclasses import replace
from datetime import date

import pytest

from junheng.domain.duties.responsibilities import Assignment
from junheng.domain.ledger.lifecycle import Cause, Closing, Move, Status
from junheng.domain.ledger.remediation import Grounds
from junheng.domain.ledger.transition_requirements import ClosingNotEarned
from tests.domain.ledger.one_remediation import BY_DATA, LACKING, PROVEN, closed, handed_over, moved

TUESDAY = date(2025, 10, 21)


class TestClosing:
    def test_an_attested_line_closes_on_its_evidence(self) -> None:
        done = closed()

        assert (done.status, done.closing) == (Status.CLOSED, Closing.EVIDENCE)
        assert (done.closed_on, done.cause) == (date(2025, 11, 10), Cause.REAL_GAP)
        assert not done.was_overridden
        assert not done.is_open

    def test_it_does_not_close_while_a_kind_of_evidence_is_missing(self) -> None:
        with pytest.raises(ClosingNotEarned) as refused:
            closed(LACKING)

        assert refused.value.grounds.missing_kinds == ("公告", "照片")

    def test_a_line_closed_by_data_does_not_close_on_evidence(self) -> None:
        with pytest.raises(ClosingNotEarned):
            closed(BY_DATA)

    @pytest.mark.parametrize("grounds", [BY_DATA, LACKING, PROVEN])
    def test_a_later_submission_closes_from_any_status(self, grounds: Grounds) -> None:
        done = moved(handed_over(), Move.CLOSE_BY_DATA, date(2026, 10, 20), grounds=grounds)

        assert (done.closing, done.followed_year) == (Closing.DATA, 2026)

    def test_it_clears_pending_requests(self) -> None:
        waived = moved(handed_over(), Move.WAIVE)
        disputed = moved(moved(handed_over(), Move.ASK_EXTENSION), Move.DISPUTE)
        stopped = moved(handed_over(), Move.SUSPEND)

        for before in (waived, disputed, stopped):
            done = moved(before, Move.CLOSE_BY_DATA, date(2026, 10, 20))
            pending = (
                done.extension_until,
                done.arbitrate_by,
                done.suspended_on,
                done.waived_until,
                done.stood_at,
            )
            assert pending == (None, None, None, None, None)

    def test_an_override_stays_visible_after_a_relapse(self) -> None:
        over = moved(handed_over(), Move.OVERRIDE_CLOSE, TUESDAY, grounds=BY_DATA)
        again = moved(over, Move.REOPEN, date(2026, 10, 20))
        out = moved(moved(again, Move.SIGN_OFF), Move.HAND_OVER, date(2026, 10, 20))

        by_data = moved(out, Move.CLOSE_BY_DATA, date(2027, 10, 20))

        assert (over.closing, over.was_overridden) == (Closing.OVERRIDE, True)
        assert again.was_overridden
        assert (by_data.closing, by_data.was_overridden) == (Closing.DATA, True)


class TestRelapse:
    def test_it_is_drafted_again_without_action_and_progress(self) -> None:
        before = replace(closed(), action="新建操场", progress="已补建操场")

        again = moved(before, Move.REOPEN, date(2026, 10, 20), school_year=2026)

        assert (again.status, again.school_year, again.followed_year) == (
            Status.DRAFTED,
            2025,
            2026,
        )
        assert (again.closed_on, again.closing, again.cause) == (None, None, None)
        assert (again.receipted_on, again.reported_on) == (None, None)
        assert (again.action, again.progress) == ("", "")
        # Twenty workdays from Tuesday 20 October 2026.
        assert (again.opened_on, again.due_on) == (date(2026, 10, 20), date(2026, 11, 17))

    def test_it_keeps_its_counts(self) -> None:
        once = moved(replace(closed(), carried_over=2), Move.REOPEN, date(2026, 10, 20))
        twice = moved(
            moved(once, Move.CLOSE_BY_DATA, date(2026, 11, 20)), Move.REOPEN, date(2027, 10, 20)
        )

        assert (once.relapses, twice.relapses) == (1, 2)
        assert (twice.carried_over, twice.cycle) == (2, 3)

    def test_it_is_assigned_to_the_current_units(self) -> None:
        now = Assignment("区住建局", ("邳庄镇",), "区住建局（二）")

        again = moved(closed(), Move.REOPEN, date(2026, 10, 20), assigned=now, items=("甲",))

        assert (again.lead, again.supporting, again.items) == ("区住建局", ("邳庄镇",), ("甲",))


class TestTheYears:
    def test_a_carry_over_is_counted_keeps_dates_and_starts_a_cycle(self) -> None:
        before = moved(handed_over(), Move.RECEIPT)

        after = moved(before, Move.CARRY_OVER, date(2026, 10, 20), school_year=2026, items=("乙",))

        assert after == replace(
            before,
            carried_over=1,
            followed_year=2026,
            items=("乙",),
            cycle=before.cycle + 1,
            clock_set_by="carry_over",
            # Last year's evidence proves nothing for this year.
            proof_from=date(2026, 10, 20),
        )

    def test_following_other_data_of_the_same_year_is_not_counted(self) -> None:
        after = moved(handed_over(), Move.FOLLOW, TUESDAY, school_year=2025, items=())

        assert after == replace(handed_over(), items=())

    def test_a_pause_continues_over_the_years(self) -> None:
        stopped = moved(handed_over(), Move.SUSPEND, TUESDAY)

        after = moved(stopped, Move.CARRY_OVER, date(2026, 10, 20), school_year=2026)

        assert (after.status, after.stood_at) == (Status.SUSPENDED, Status.HANDED_OVER)
        assert after.suspended_on == TUESDAY
