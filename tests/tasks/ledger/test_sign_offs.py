"""Sign-offs: the office approves, declines or does not answer; nothing is handed over unsigned."""

import json
from dataclasses import replace
from datetime import date

import pytest

from junheng.adapters import clock
from junheng.domain.history.hash_chain import EventKind
from junheng.domain.ledger.lifecycle import Move, Status
from junheng.domain.ledger.remediation import Act
from junheng.domain.ledger.sign_offs import Answer, Change
from junheng.domain.ledger.sign_offs import Status as Stands
from tasks.chase import cards
from tasks.history import auditing
from tasks.ledger import acts, sign_off_items, sign_offs, upkeep
from tasks.ledger.sign_offs import AnswerRefused
from tests.tasks import drafts
from tests.tasks.drafts import (
    DAY_AFTER,
    FIRST,
    FRIDAY,
    LAST_MONDAY,
    MONDAY,
    SECOND,
    THIRD,
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    asked_for_three,
)

YES = Answer(Change.APPROVE, "张三")
NO = Answer(Change.DECLINE, "张三", "数据要再核")
BUT_ONE = replace(YES, left_out=((SECOND, "学校年底撤并"),))
DRAFTED = dict.fromkeys((FIRST, SECOND, THIRD), Status.DRAFTED)


def chased(day: date) -> int:
    """Store and send a day's cards, and return how many were new."""
    owed = cards.owe_cards(day, clock=clock.now)
    cards.send_cards(show=lambda card: None, clock=clock.now)
    return owed


class TestAsk:
    def test_requests_all_drafts_with_five_workdays_to_answer(self) -> None:
        asked = asked_for_three()

        assert (asked.number, asked.references) == (1, (FIRST, SECOND, THIRD))
        assert asked.decide_by == LAST_MONDAY
        assert drafts.statuses() == DRAFTED

    def test_a_second_request_for_the_same_drafts_is_the_same_sign_off(self) -> None:
        asked = asked_for_three()

        assert drafts.ask(TUESDAY) == asked
        assert len(sign_off_items.listing()) == 1

    def test_without_drafts_there_is_no_request(self) -> None:
        assert sign_offs.ask(year=2025, today=MONDAY, now=clock.now()) is None

    def test_a_newer_request_supersedes_an_open_one(self) -> None:
        asked_for_three()
        drafts.draft("区民政局", start=4)

        newer = drafts.ask(TUESDAY)

        assert (newer.number, len(newer.drafts)) == (2, 4)
        older = sign_off_items.listing()[1]
        assert (older.status, older.reason) == (Stands.SUPERSEDED, "已并入第2号签批单")

    def test_declined_drafts_are_requested_again_by_the_next_run_not_by_a_retry(self) -> None:
        drafts.draft("区教育局")
        drafts.ask(flow_run_id="a")
        sign_offs.answer(None, NO, on=MONDAY, now=clock.now())

        assert drafts.ask(TUESDAY, flow_run_id="a").status is Stands.DECLINED
        assert drafts.ask(TUESDAY, flow_run_id="b").number == 2

    def test_the_request_is_recorded_with_its_drafts(self) -> None:
        asked_for_three()

        (event,) = drafts.told(EventKind.SIGN_OFF)
        details = json.loads(event.details)
        assert (event.move, event.became) == ("ask", "asked")
        assert (details["sign_off"], details["drafts"]) == (1, [FIRST, SECOND, THIRD])
        assert auditing.verify().breaks == ()


class TestApprove:
    def test_hands_everything_over_in_the_name_of_the_signer(self) -> None:
        asked_for_three()

        answered = sign_offs.answer(None, YES, on=TUESDAY, now=clock.now())

        assert answered.handed_over == 3
        assert set(drafts.statuses().values()) == {Status.HANDED_OVER}
        remediation = acts.current(FIRST)
        # The time limit is counted from the day of the hand-over.
        assert remediation.opened_on == TUESDAY
        assert {event.by for event in acts.told(FIRST).history[1:]} == {"张三"}
        assert auditing.verify().breaks == ()

    def test_an_excluded_draft_stays_drafted_and_its_reason_is_recorded(self) -> None:
        asked_for_three()

        answered = sign_offs.answer(1, BUT_ONE, on=TUESDAY, now=clock.now())

        assert answered.handed_over == 2
        assert drafts.statuses()[SECOND] is Status.DRAFTED
        (note,) = drafts.told(EventKind.NOTED)
        assert (note.reference, note.by, note.reason) == (SECOND, "张三", "学校年底撤并")
        assert "暂不交办1项" in sign_offs.sentence(answered)
        assert auditing.verify().breaks == ()

    def test_a_remediation_no_longer_drafted_is_skipped_and_counted(self) -> None:
        asked_for_three()
        until = LAST_MONDAY
        waived = Act(Move.WAIVE, "李四", TUESDAY, reason="撤并", approved_by="区长", until=until)
        acts.act(FIRST, waived, now=clock.now())

        answered = sign_offs.answer(None, YES, on=TUESDAY, now=clock.now())

        assert drafts.statuses()[FIRST] is Status.WAIVED
        assert answered.handed_over == 2
        assert "已不是拟交办的1项" in sign_offs.sentence(answered)

    def test_a_reference_outside_the_sign_off_cannot_be_excluded(self) -> None:
        asked_for_three()
        drafts.draft("区民政局", start=4)
        given = replace(YES, left_out=(("370405-2025-0004", "无"),))

        with pytest.raises(AnswerRefused, match="370405-2025-0004 不在第1号签批单里"):
            sign_offs.answer(None, given, on=TUESDAY, now=clock.now())

        assert set(drafts.statuses().values()) == {Status.DRAFTED}

    def test_a_different_answer_is_refused_with_the_first_answer(self) -> None:
        asked_for_three()
        sign_offs.answer(None, YES, on=TUESDAY, now=clock.now())

        with pytest.raises(AnswerRefused, match="第1号签批单已由张三于2025-11-04同意"):
            sign_offs.answer(1, replace(YES, by="李四"), on=WEDNESDAY, now=clock.now())

    def test_the_same_answer_twice_changes_nothing(self) -> None:
        asked_for_three()
        sign_offs.answer(None, BUT_ONE, on=TUESDAY, now=clock.now())
        before = auditing.verify()

        again = sign_offs.answer(None, BUT_ONE, on=WEDNESDAY, now=clock.now())

        assert (again.is_new, again.handed_over) == (False, 0)
        assert auditing.verify() == before

    def test_a_retried_run_does_not_answer_a_newer_sign_off(self) -> None:
        drafts.draft("区教育局")
        drafts.ask()
        sign_offs.answer(None, YES, on=TUESDAY, answer_run_id="a", now=clock.now())
        drafts.draft("区民政局", start=2)
        drafts.ask(WEDNESDAY)

        again = sign_offs.answer(None, YES, on=WEDNESDAY, answer_run_id="a", now=clock.now())

        assert (again.sign_off.number, again.is_new) == (1, False)
        assert drafts.statuses()[SECOND] is Status.DRAFTED

    @pytest.mark.parametrize(
        ("number", "given", "sentence"),
        [
            (7, YES, "没有第7号签批单"),
            (None, replace(YES, by=" "), "没有写由谁签批"),
            (None, replace(YES, by="系统"), "“系统”是系统的名义"),
            (None, replace(NO, reason=""), "不同意必须写明理由"),
            (None, replace(YES, left_out=((FIRST, ""),)), f"{FIRST} 暂不交办，必须写明理由"),
        ],
    )
    def test_an_invalid_answer_is_refused_and_hands_nothing_over(
        self, number: int | None, given: Answer, sentence: str
    ) -> None:
        asked_for_three()

        with pytest.raises(AnswerRefused, match=sentence):
            sign_offs.answer(number, given, on=TUESDAY, now=clock.now())

        assert drafts.statuses() == DRAFTED

    def test_an_answer_without_any_request_is_refused(self) -> None:
        with pytest.raises(AnswerRefused, match="还没有签批单"):
            sign_offs.answer(None, YES, on=TUESDAY, now=clock.now())


class TestDecline:
    def test_everything_stays_drafted_and_the_reason_is_recorded(self) -> None:
        asked_for_three()

        answered = sign_offs.answer(None, NO, on=TUESDAY, now=clock.now())

        assert drafts.statuses() == DRAFTED
        event = drafts.told(EventKind.SIGN_OFF)[-1]
        assert (event.move, event.was, event.became) == ("decline", "asked", "declined")
        assert (event.by, event.reason) == ("张三", "数据要再核")
        assert "一项也不交办" in sign_offs.sentence(answered)

    def test_the_office_gets_no_card_about_its_own_decline(self) -> None:
        asked_for_three()
        sign_offs.answer(None, NO, on=MONDAY, now=clock.now())

        assert cards.owe_cards(TUESDAY, clock=clock.now) == 0


class TestWithoutAnswer:
    def test_the_office_is_reminded_every_second_workday_and_on_the_last(self) -> None:
        asked_for_three()
        days = (MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, LAST_MONDAY)

        counts = [chased(day) for day in days]

        # The card of the same day counts: the next morning has none.
        assert counts == [1, 0, 0, 1, 0, 1]
        assert "签批拟交办的（期限；命令：junheng sign-off） 3项" in drafts.office_cards()[0]
        assert "2025年11月10日" in drafts.office_cards()[0]

    def test_expires_on_the_day_after_and_the_office_is_notified_once(self) -> None:
        asked_for_three()

        changes = [
            upkeep.keep_up(day, now=clock.now()) for day in (LAST_MONDAY, DAY_AFTER, DAY_AFTER)
        ]

        assert changes == [(), ("签批期限已过、没有签批的签批单 1 张；所列事项没有交办。",), ()]
        assert drafts.statuses() == DRAFTED
        assert drafts.told(EventKind.SIGN_OFF)[-1].move == "expire"
        assert [chased(DAY_AFTER), chased(DAY_AFTER.replace(day=12))] == [1, 0]
        assert "到期未签批、没有交办的（原期限） 3项" in drafts.office_cards()[-1]

    def test_an_answer_after_the_last_day_is_refused_before_the_expiry_is_recorded(self) -> None:
        asked_for_three()

        with pytest.raises(AnswerRefused, match="签批期限 2025-11-10 已过"):
            sign_offs.answer(None, YES, on=DAY_AFTER, now=clock.now())

    def test_an_expired_sign_off_cannot_be_answered_and_is_requested_again(self) -> None:
        asked_for_three()
        sign_offs.expire_due(DAY_AFTER, now=clock.now())

        with pytest.raises(AnswerRefused, match="到期未签批，已过期"):
            sign_offs.answer(1, YES, on=DAY_AFTER, now=clock.now())

        assert drafts.ask(DAY_AFTER).number == 2


def test_after_a_kill_before_the_cards_the_same_answer_sends_each_card_once() -> None:
    asked_for_three()
    sign_offs.answer(None, YES, on=TUESDAY, now=clock.now())

    for _ in range(2):
        sign_offs.answer(None, YES, on=TUESDAY, now=clock.now())
        chased(TUESDAY)

    assert cards.owe_cards(TUESDAY, clock=clock.now) == 0
    assert len(drafts.cards()) == 3


def test_items_are_ordered_by_veto_lead_and_due_date() -> None:
    asked_for_three()
    drafts.draft("区人社局", start=4, indicator="V01")
    drafts.ask()

    sign_off, listed = sign_off_items.items(None)

    assert sign_off.number == 2
    assert [item.is_veto for item in listed] == [True, False, False, False]
    leads = [item.remediation.lead for item in listed[1:]]
    assert leads == sorted(leads)
    assert "其中一票否决1项" in sign_off_items.title(sign_off, listed)
