"""Effects of moves on a remediation: dates, cycles and required inputs."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from junheng.domain.ledger import moves
from junheng.domain.ledger.lifecycle import Move, Status, TransitionNotAllowed
from junheng.domain.ledger.remediation import LedgerContext, Remediation
from junheng.domain.ledger.transition_requirements import MoveIncomplete
from tests.domain.ledger.one_remediation import (
    ANSWERS,
    OPENED,
    PROVEN,
    TERMS,
    act,
    draft,
    handed_over,
    moved,
    reported,
)

TUESDAY = date(2025, 10, 21)
DUE = date(2025, 11, 17)


class TestHandingOver:
    def test_time_limits_are_counted_from_the_hand_over(self) -> None:
        signed = moved(draft(date(2025, 10, 6)), Move.SIGN_OFF, date(2025, 10, 8))

        out = moved(signed, Move.HAND_OVER, OPENED)

        assert (out.status, out.opened_on) == (Status.HANDED_OVER, OPENED)
        # Two and twenty workdays from Monday 20 October 2025, which is not counted.
        assert (out.receipt_due_on, out.due_on) == (date(2025, 10, 22), DUE)
        assert out.cycle == 1

    def test_supporting_units_are_due_three_workdays_before_the_lead(self) -> None:
        out = handed_over()

        assert [part.unit for part in out.parts] == ["区财政局", "运河街道"]
        assert {part.due_on for part in out.parts} == {date(2025, 11, 12)}
        assert {part.receipt_due_on for part in out.parts} == {date(2025, 10, 22)}

    @pytest.mark.parametrize("limit", range(1, 8))
    def test_no_part_is_due_after_the_lead_however_short_the_limit(self, limit: int) -> None:
        out = handed_over(terms=replace(TERMS, limit=limit))

        for part in out.parts:
            assert OPENED < part.due_on <= out.due_on
            assert part.receipt_due_on <= part.due_on
        assert out.receipt_due_on <= out.due_on

    def test_a_promised_date_is_kept(self) -> None:
        out = handed_over(terms=replace(TERMS, fixed_due_on=date(2025, 12, 31)))

        assert out.due_on == date(2025, 12, 31)
        assert {part.due_on for part in out.parts} == {date(2025, 12, 26)}

    def test_a_promised_date_in_the_past_is_kept(self) -> None:
        out = handed_over(terms=replace(TERMS, fixed_due_on=date(2025, 9, 30)))

        assert {out.due_on, *(part.due_on for part in out.parts)} == {date(2025, 9, 30)}
        # But a receipt cannot be due before the hand-over.
        assert {out.receipt_due_on, *(part.receipt_due_on for part in out.parts)} == {
            date(2025, 10, 22)
        }

    def test_no_move_leads_to_a_first_draft(self) -> None:
        with pytest.raises(TransitionNotAllowed):
            moved(draft(), Move.DRAFT)


# The status before each move that needs a reason, an approver or a cause.
FROM = {
    Move.SEND_BACK: Status.REPORTED,
    Move.DISPUTE: Status.HANDED_OVER,
    Move.UPHOLD: Status.DISPUTED,
    Move.REASSIGN: Status.DISPUTED,
    Move.ASK_EXTENSION: Status.HANDED_OVER,
    Move.REFUSE_EXTENSION: Status.HANDED_OVER,
    Move.GRANT_EXTENSION: Status.HANDED_OVER,
    Move.SUSPEND: Status.HANDED_OVER,
    Move.WAIVE: Status.HANDED_OVER,
    Move.OVERRIDE_CLOSE: Status.HANDED_OVER,
    Move.CLOSE: Status.REVIEWED,
    Move.CLOSE_BY_DATA: Status.HANDED_OVER,
}
EXTENSION_ANSWERS = {Move.GRANT_EXTENSION, Move.REFUSE_EXTENSION}


class TestRequirements:
    def at(self, move: Move) -> Remediation:
        stood_at = Status.RECEIPTED if FROM[move] is Status.DISPUTED else None
        asked = date(2025, 12, 1) if move in EXTENSION_ANSWERS else None
        return replace(handed_over(), status=FROM[move], stood_at=stood_at, extension_until=asked)

    @pytest.mark.parametrize("move", FROM)
    def test_a_complete_move_is_accepted(self, move: Move) -> None:
        assert moved(self.at(move), move, TUESDAY) != self.at(move)

    @pytest.mark.parametrize("blank", ["", "  ", "\u3000"])
    @pytest.mark.parametrize(
        "move",
        [
            Move.SEND_BACK,
            Move.DISPUTE,
            Move.UPHOLD,
            Move.REASSIGN,
            Move.ASK_EXTENSION,
            Move.REFUSE_EXTENSION,
            Move.SUSPEND,
            Move.WAIVE,
            Move.OVERRIDE_CLOSE,
        ],
    )
    def test_a_missing_reason_is_refused(self, move: Move, blank: str) -> None:
        assert lacking(self.at(move), move, reason=blank) == "reason"

    @pytest.mark.parametrize("move", [Move.GRANT_EXTENSION, Move.SUSPEND, Move.WAIVE])
    def test_a_missing_approver_is_refused(self, move: Move) -> None:
        assert lacking(self.at(move), move, approved_by=" ") == "approved_by"

    @pytest.mark.parametrize("move", [Move.CLOSE, Move.CLOSE_BY_DATA, Move.OVERRIDE_CLOSE])
    def test_closing_without_a_cause_is_refused(self, move: Move) -> None:
        assert lacking(self.at(move), move, cause=None) == "cause"

    @pytest.mark.parametrize("move", FROM)
    def test_a_missing_name_is_refused(self, move: Move) -> None:
        assert lacking(self.at(move), move, by=" ") == "by"

    @pytest.mark.parametrize("move", [move for move in FROM if move is not Move.CLOSE_BY_DATA])
    def test_a_move_dated_before_the_opening_is_refused(self, move: Move) -> None:
        with pytest.raises(MoveIncomplete) as refused:
            moved(self.at(move), move, date(2025, 10, 19))

        assert refused.value.lacking == "on"


def lacking(before: Remediation, move: Move, on: date = TUESDAY, **said: Any) -> str:
    with pytest.raises(MoveIncomplete) as refused:
        moved(before, move, on, **said)
    assert refused.value.move is move
    return refused.value.lacking


class TestMovesOfTheUnit:
    def test_a_receipt_stores_its_day_and_text(self) -> None:
        out = moved(handed_over(), Move.RECEIPT, TUESDAY, text="已安排专人")

        assert (out.status, out.receipted_on) == (Status.RECEIPTED, TUESDAY)
        assert out.progress == "已安排专人"

    def test_a_blank_text_keeps_the_previous_progress(self) -> None:
        signed = moved(handed_over(), Move.RECEIPT, TUESDAY, text="已安排专人")

        begun = moved(signed, Move.START, date(2025, 10, 23))

        assert (begun.status, begun.progress) == (Status.IN_PROGRESS, "已安排专人")

    def test_a_report_stores_its_day(self) -> None:
        assert (reported().status, reported().reported_on) == (Status.REPORTED, OPENED)

    def test_sending_back_clears_the_report_and_starts_a_cycle(self) -> None:
        back = moved(reported(), Move.SEND_BACK, date(2025, 11, 3))

        assert (back.status, back.reported_on) == (Status.SENT_BACK, None)
        assert (back.due_on, back.receipted_on) == (DUE, OPENED)
        assert back.cycle == 2


class TestExtension:
    def test_a_request_moves_no_date_until_it_is_granted(self) -> None:
        asked = moved(handed_over(), Move.ASK_EXTENSION, TUESDAY, until=date(2025, 12, 1))

        assert (asked.due_on, asked.extension_until) == (DUE, date(2025, 12, 1))
        assert (asked.status, asked.cycle) == (Status.HANDED_OVER, 1)

        granted = moved(asked, Move.GRANT_EXTENSION, TUESDAY)

        assert (granted.due_on, granted.extension_until) == (date(2025, 12, 1), None)
        assert (granted.status, granted.cycle) == (Status.HANDED_OVER, 2)
        # Supporting units are still due three workdays before the lead.
        assert {part.due_on for part in granted.parts} == {date(2025, 11, 26)}

    def test_a_refusal_keeps_the_date(self) -> None:
        asked = moved(handed_over(), Move.ASK_EXTENSION, TUESDAY)

        refused = moved(asked, Move.REFUSE_EXTENSION, TUESDAY)

        assert refused == handed_over()

    def test_it_can_be_requested_until_the_due_day(self) -> None:
        asked = moved(handed_over(), Move.ASK_EXTENSION, DUE, until=date(2025, 12, 1))

        assert asked.extension_until == date(2025, 12, 1)
        day_after = date(2025, 11, 18)
        assert lacking(handed_over(), Move.ASK_EXTENSION, day_after) == "before_due"

    @pytest.mark.parametrize("until", [None, date(2025, 11, 14), DUE])
    def test_it_must_end_after_the_due_day(self, until: date | None) -> None:
        assert lacking(handed_over(), Move.ASK_EXTENSION, until=until) == "until"

    @pytest.mark.parametrize("answer", sorted(EXTENSION_ANSWERS))
    def test_an_answer_without_a_request_is_refused(self, answer: Move) -> None:
        assert lacking(handed_over(), answer) == "asked"

    def test_a_request_in_time_may_be_granted_after_the_due_day(self) -> None:
        asked = moved(handed_over(), Move.ASK_EXTENSION, DUE)

        granted = moved(asked, Move.GRANT_EXTENSION, date(2025, 11, 19))

        assert granted.due_on == date(2025, 12, 1)


class TestDispute:
    def test_an_arbiter_has_two_workdays(self) -> None:
        # Friday 24 October 2025: the weekend does not count.
        disputed = moved(handed_over(), Move.DISPUTE, date(2025, 10, 24))

        assert (disputed.status, disputed.stood_at) == (Status.DISPUTED, Status.HANDED_OVER)
        assert disputed.arbitrate_by == date(2025, 10, 28)

    def test_upholding_restores_the_status_and_starts_a_cycle(self) -> None:
        begun = moved(moved(handed_over(), Move.RECEIPT), Move.START)

        upheld = moved(moved(begun, Move.DISPUTE, TUESDAY), Move.UPHOLD, date(2025, 10, 23))

        # The dispute took two workdays.
        assert (upheld.status, upheld.cycle, upheld.arbitrate_by) == (begun.status, 2, None)
        assert upheld.due_on == date(2025, 11, 19)

    def test_the_new_lead_has_the_whole_time_limit(self) -> None:
        begun = moved(handed_over(), Move.RECEIPT)
        disputed = moved(begun, Move.DISPUTE, date(2025, 11, 3))

        other = moved(disputed, Move.REASSIGN, date(2025, 11, 5))

        assert (other.status, other.stood_at, other.arbitrate_by) == (
            Status.HANDED_OVER,
            None,
            None,
        )
        assert (other.lead, other.basis, other.supporting) == (
            "区住建局",
            "区住建局（二）",
            ("运河街道",),
        )
        # Twenty workdays from Wednesday 5 November 2025.
        assert (other.opened_on, other.due_on) == (date(2025, 11, 5), date(2025, 12, 3))
        assert (other.receipted_on, other.cycle) == (None, 2)

    def test_it_must_be_reassigned_to_another_lead(self) -> None:
        disputed = moved(handed_over(), Move.DISPUTE)

        assert lacking(disputed, Move.REASSIGN, assigned=None) == "lead"
        assert lacking(disputed, Move.REASSIGN, assigned=ANSWERS) == "lead"


class TestWaiver:
    def test_it_has_a_last_day(self) -> None:
        waived = moved(handed_over(), Move.WAIVE, until=date(2026, 6, 30))

        assert (waived.status, waived.waived_until) == (Status.WAIVED, date(2026, 6, 30))
        assert lacking(handed_over(), Move.WAIVE, until=None) == "until"
        assert lacking(handed_over(), Move.WAIVE, TUESDAY, until=OPENED) == "until"

    def test_it_clears_pending_requests(self) -> None:
        asked = moved(handed_over(), Move.ASK_EXTENSION)
        disputed = moved(asked, Move.DISPUTE)
        stopped = moved(asked, Move.SUSPEND)

        for before in (asked, disputed, stopped):
            waived = moved(before, Move.WAIVE)
            pending = (
                waived.extension_until,
                waived.arbitrate_by,
                waived.suspended_on,
                waived.stood_at,
            )
            assert pending == (None, None, None, None)

    def test_its_lapse_sets_the_clock_again(self) -> None:
        waived = moved(moved(handed_over(), Move.RECEIPT), Move.WAIVE)

        lapsed = moved(waived, Move.LAPSE, date(2026, 7, 6), school_year=2026)

        assert (lapsed.status, lapsed.waived_until) == (Status.DRAFTED, None)
        assert (lapsed.opened_on, lapsed.due_on) == (date(2026, 7, 6), date(2026, 8, 3))
        assert (lapsed.receipted_on, lapsed.cycle, lapsed.relapses) == (None, 2, 0)
        assert lapsed.followed_year == 2026


def test_a_refused_move_names_the_status() -> None:
    with pytest.raises(TransitionNotAllowed) as refused:
        moves.move(draft(), act(Move.REPORT), context=LedgerContext(TERMS, PROVEN))

    assert (refused.value.move, refused.value.status) == (Move.REPORT, Status.DRAFTED)
