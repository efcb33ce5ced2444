"""Transitions of sign-offs, and the days of reminders."""

from dataclasses import replace
from datetime import date

import pytest

from junheng.domain.ledger import sign_offs
from junheng.domain.ledger.sign_offs import (
    Answer,
    AnswerNotAllowed,
    Change,
    Draft,
    Fault,
    SignOff,
    Status,
)
from tests.domain.ledger.one_remediation import CALENDAR

MONDAY, TUESDAY, THURSDAY = date(2025, 11, 3), date(2025, 11, 4), date(2025, 11, 6)
# Five workdays after Monday 3 November.
LAST_MONDAY, DAY_AFTER = date(2025, 11, 10), date(2025, 11, 11)
FIRST, SECOND = ("370405-2025-0001", 1), ("370405-2025-0002", 1)
ASKED = SignOff(1, 2025, (FIRST, SECOND), MONDAY, LAST_MONDAY)
YES, NO = Answer(Change.APPROVE, "张三"), Answer(Change.DECLINE, "张三", "数据要再核")


def answered(
    given: Answer, *, on: date = TUESDAY, drafted: tuple[Draft, ...] = (FIRST, SECOND)
) -> tuple[SignOff, tuple[Draft, ...]]:
    return sign_offs.answered(ASKED, given, on=on, drafted=frozenset(drafted))


def fault(
    given: Answer, *, on: date = TUESDAY, drafted: tuple[Draft, ...] = (FIRST, SECOND)
) -> Fault:
    with pytest.raises(AnswerNotAllowed) as refused:
        answered(given, on=on, drafted=drafted)
    return refused.value.fault


class TestTheTable:
    @pytest.mark.parametrize("change", Change)
    def test_every_change_ends_an_asked_sign_off(self, change: Change) -> None:
        origins, to = sign_offs.TABLE[change]

        assert origins == {Status.ASKED}
        assert ASKED.ended(change, by="张三", on=TUESDAY).status is to

    @pytest.mark.parametrize("status", [status for status in Status if status is not Status.ASKED])
    @pytest.mark.parametrize("change", Change)
    def test_an_ended_sign_off_does_not_change(self, status: Status, change: Change) -> None:
        with pytest.raises(AnswerNotAllowed):
            replace(ASKED, status=status).ended(change, by="张三", on=TUESDAY)


class TestAnswered:
    def test_an_approval_hands_over_all_drafts(self) -> None:
        after, going = answered(YES)

        assert (after.status, after.decided_by, after.decided_on) == (
            Status.APPROVED,
            "张三",
            TUESDAY,
        )
        assert going == (FIRST, SECOND)

    def test_left_out_drafts_keep_their_reason(self) -> None:
        after, going = answered(replace(YES, left_out=(("370405-2025-0002", "正在撤并"),)))

        assert going == (FIRST,)
        assert after.left_out == {"370405-2025-0002": "正在撤并"}

    def test_remediations_that_are_no_longer_drafts_are_ignored(self) -> None:
        _, going = answered(YES, drafted=(SECOND,))

        assert going == (SECOND,)

    def test_drafts_of_a_later_cycle_are_ignored(self) -> None:
        _, going = answered(YES, drafted=((FIRST[0], 2), SECOND))

        assert going == (SECOND,)

    def test_a_refusal_hands_over_nothing(self) -> None:
        after, going = answered(NO)

        assert (after.status, after.reason, going) == (Status.DECLINED, "数据要再核", ())

    def test_an_answer_is_accepted_until_the_last_day(self) -> None:
        assert answered(YES, on=LAST_MONDAY)[0].status is Status.APPROVED
        assert fault(YES, on=DAY_AFTER) is Fault.TOO_LATE

    @pytest.mark.parametrize(
        ("given", "lacking"),
        [
            (Answer(Change.APPROVE, " "), Fault.NO_NAME),
            (Answer(Change.DECLINE, "张三", " "), Fault.NO_REASON),
            (replace(NO, left_out=((FIRST[0], "无"),)), Fault.LEFT_OUT_OF_WHAT),
            (replace(YES, left_out=((FIRST[0], " "),)), Fault.LEFT_OUT_WHY),
            (replace(YES, left_out=(("370405-2025-0009", "无"),)), Fault.LEFT_OUT_UNKNOWN),
            (replace(YES, left_out=((FIRST[0], "甲"), (FIRST[0], "乙"))), Fault.LEFT_OUT_TWICE),
            (replace(YES, left_out=((FIRST[0], "甲"), (SECOND[0], "乙"))), Fault.LEFT_OUT_ALL),
        ],
    )
    def test_an_incomplete_answer_is_refused(self, given: Answer, lacking: Fault) -> None:
        assert fault(given) is lacking

    def test_left_out_references_must_be_drafts(self) -> None:
        given = replace(YES, left_out=((FIRST[0], "正在撤并"),))

        assert fault(given, drafted=(SECOND,)) is Fault.LEFT_OUT_UNKNOWN

    def test_an_approval_without_remaining_drafts_is_refused(self) -> None:
        assert fault(YES, drafted=()) is Fault.NOTHING_LEFT

    def test_an_answer_before_the_request_is_refused(self) -> None:
        assert fault(YES, on=date(2025, 11, 2)) is Fault.TOO_EARLY

    def test_only_the_same_answer_is_recognised_as_repeated(self) -> None:
        after, _ = answered(YES)

        assert after.is_answered_by(YES)
        assert not after.is_answered_by(replace(YES, by="李四"))
        assert not after.is_answered_by(NO)


class TestAskedAlready:
    def test_the_same_drafts_in_any_order_are_asked_for_once(self) -> None:
        assert sign_offs.asked_already([ASKED], (SECOND, FIRST), flow_run_id="") == ASKED

    def test_a_draft_of_another_cycle_is_asked_for_again(self) -> None:
        again = (FIRST, (SECOND[0], 2))

        assert sign_offs.asked_already([ASKED], again, flow_run_id="") is None

    def test_declined_drafts_are_asked_for_again_by_other_runs_only(self) -> None:
        declined = replace(ASKED, status=Status.DECLINED, flow_run_id="a")
        drafts = (FIRST, SECOND)

        assert sign_offs.asked_already([declined], drafts, flow_run_id="b") is None
        assert sign_offs.asked_already([declined], drafts, flow_run_id="a") == declined


class TestReminders:
    def test_reminders_are_every_second_workday_and_on_the_last(self) -> None:
        days = sign_offs.reminder_days(ASKED, calendar=CALENDAR)

        assert days == (TUESDAY, THURSDAY, LAST_MONDAY)

    def test_a_one_day_deadline_has_one_reminder(self) -> None:
        sign_off = replace(ASKED, decide_by=TUESDAY)

        assert sign_offs.reminder_days(sign_off, calendar=CALENDAR) == (TUESDAY,)

    @pytest.mark.parametrize(
        ("today", "told_on"),
        [
            # Reminded on that day, so not again the next morning.
            (MONDAY, TUESDAY),
            (TUESDAY, TUESDAY),
            (date(2025, 11, 5), TUESDAY),
            (THURSDAY, THURSDAY),
            (date(2025, 11, 7), THURSDAY),
            (LAST_MONDAY, LAST_MONDAY),
        ],
    )
    def test_each_day_has_the_latest_past_reminder(self, today: date, told_on: date) -> None:
        known = sign_offs.signings([ASKED], today=today, calendar=CALENDAR)

        assert known[FIRST].told_on == told_on

    def test_the_newest_sign_off_of_a_draft_decides_its_state(self) -> None:
        newer = replace(ASKED, number=2, status=Status.EXPIRED)
        older = replace(ASKED, status=Status.DECLINED)

        known = sign_offs.signings([newer, older], today=TUESDAY, calendar=CALENDAR)

        assert known[SECOND].status is Status.EXPIRED

    def test_it_expires_the_day_after(self) -> None:
        assert not sign_offs.has_expired(ASKED, LAST_MONDAY)
        assert sign_offs.has_expired(ASKED, DAY_AFTER)
