"""The office is asked, answers or lets the day pass; nothing goes out unsigned."""

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
    """Owe and send a day's cards, and return how many were new."""
    owed = cards.owe_cards(day, clock=clock.now)
    cards.send_cards(show=lambda card: None, clock=clock.now)
    return owed


class TestAsking:
    def test_asks_for_everything_drafted_with_five_workdays_to_answer(self) -> None:
        asked = asked_for_three()

        assert (asked.number, asked.references) == (1, (FIRST, SECOND, THIRD))
        assert asked.decide_by == LAST_MONDAY
        assert drafts.statuses() == DRAFTED

    def test_asking_again_for_the_same_makes_no_second_one(self) -> None:
        asked = asked_for_three()

        assert drafts.ask(TUESDAY) == asked
        assert len(sign_off_items.listing()) == 1

    def test_where_nothing_is_drafted_nobody_is_asked(self) -> None:
        assert sign_offs.ask(year=2025, today=MONDAY, now=clock.now()) is None

    def test_a_newer_round_asks_for_what_the_older_one_still_asked(self) -> None:
        asked_for_three()
        drafts.draft("区民政局", start=4)

        newer = drafts.ask(TUESDAY)

        assert (newer.number, len(newer.drafts)) == (2, 4)
        older = sign_off_items.listing()[1]
        assert (older.status, older.reason) == (Stands.SUPERSEDED, "已并入第2号签批单")

    def test_what_was_declined_is_asked_for_anew_by_the_next_round_not_by_a_retry(self) -> None:
        drafts.draft("区教育局")
        drafts.ask(flow_run_id="a")
        sign_offs.answer(None, NO, on=MONDAY, now=clock.now())

        assert drafts.ask(TUESDAY, flow_run_id="a").status is Stands.DECLINED
        assert drafts.ask(TUESDAY, flow_run_id="b").number == 2

    def test_the_history_tells_who_was_asked_for_what(self) -> None:
        asked_for_three()

        (event,) = drafts.told(EventKind.SIGN_OFF)
        details = json.loads(event.details)
        assert (event.move, event.became) == ("ask", "asked")
        assert (details["sign_off"], details["drafts"]) == (1, [FIRST, SECOND, THIRD])
        assert auditing.verify().breaks == ()


class TestApproving:
    def test_hands_everything_over_in_the_name_of_who_signs(self) -> None:
        asked_for_three()

        answered = sign_offs.answer(None, YES, on=TUESDAY, now=clock.now())

        assert answered.handed_over == 3
        assert set(drafts.statuses().values()) == {Status.HANDED_OVER}
        held = acts.current(FIRST)
        # Its time limit is counted from the day it is handed over.
        assert held.opened_on == TUESDAY
        assert {event.by for event in acts.told(FIRST).history[1:]} == {"张三"}
        assert auditing.verify().breaks == ()

    def test_what_is_left_out_stays_drafted_and_the_history_says_why(self) -> None:
        asked_for_three()

        answered = sign_offs.answer(1, BUT_ONE, on=TUESDAY, now=clock.now())

        assert answered.handed_over == 2
        assert drafts.statuses()[SECOND] is Status.DRAFTED
        (note,) = drafts.told(EventKind.NOTED)
        assert (note.reference, note.by, note.reason) == (SECOND, "张三", "学校年底撤并")
        assert "暂不交办1项" in sign_offs.sentence(answered)
        assert auditing.verify().breaks == ()

    def test_what_is_no_longer_drafted_is_left_alone_and_counted(self) -> None:
        asked_for_three()
        until = LAST_MONDAY
        waived = Act(Move.WAIVE, "李四", TUESDAY, reason="撤并", approved_by="区长", until=until)
        acts.act(FIRST, waived, now=clock.now())

        answered = sign_offs.answer(None, YES, on=TUESDAY, now=clock.now())

        assert drafts.statuses()[FIRST] is Status.WAIVED
        assert answered.handed_over == 2
        assert "已不是拟交办的1项" in sign_offs.sentence(answered)

    def test_a_reference_that_is_not_drafted_any_more_cannot_be_left_out(self) -> None:
        asked_for_three()
        drafts.draft("区民政局", start=4)
        given = replace(YES, left_out=(("370405-2025-0004", "无"),))

        with pytest.raises(AnswerRefused, match="370405-2025-0004 不在第1号签批单里"):
            sign_offs.answer(None, given, on=TUESDAY, now=clock.now())

        assert set(drafts.statuses().values()) == {Status.DRAFTED}

    def test_another_answer_is_refused_by_whom_and_when_it_was_answered(self) -> None:
        asked_for_three()
        sign_offs.answer(None, YES, on=TUESDAY, now=clock.now())

        with pytest.raises(AnswerRefused, match="第1号签批单已由张三于2025-11-04同意"):
            sign_offs.answer(1, replace(YES, by="李四"), on=WEDNESDAY, now=clock.now())

    def test_the_very_same_answer_again_changes_nothing(self) -> None:
        asked_for_three()
        sign_offs.answer(None, BUT_ONE, on=TUESDAY, now=clock.now())
        before = auditing.verify()

        again = sign_offs.answer(None, BUT_ONE, on=WEDNESDAY, now=clock.now())

        assert (again.is_new, again.handed_over) == (False, 0)
        assert auditing.verify() == before

    def test_a_run_that_is_run_again_does_not_answer_a_newer_sign_off(self) -> None:
        drafts.draft("区教育局")
        drafts.ask()
        sign_offs.answer(None, YES, on=TUESDAY, answer_run_id="a", now=clock.now())
        drafts.draft("区民政局", start=2)
        drafts.ask(WEDNESDAY)

        again = sign_offs.answer(None, YES, on=WEDNESDAY, answer_run_id="a", now=clock.now())

        assert (again.sign_off.number, again.is_new) == (1, False)
        assert drafts.statuses()[SECOND] is Status.DRAFTED

    @pytest.mark.parametrize(
        ("number", "given", "said"),
        [
            (7, YES, "没有第7号签批单"),
            (None, replace(YES, by=" "), "没有写由谁签批"),
            (None, replace(YES, by="系统"), "“系统”是系统的名义"),
            (None, replace(NO, reason=""), "不同意必须写明理由"),
            (None, replace(YES, left_out=((FIRST, ""),)), f"{FIRST} 暂不交办，必须写明理由"),
        ],
    )
    def test_what_cannot_be_taken_is_said_in_one_sentence_and_hands_nothing_over(
        self, number: int | None, given: Answer, said: str
    ) -> None:
        asked_for_three()

        with pytest.raises(AnswerRefused, match=said):
            sign_offs.answer(number, given, on=TUESDAY, now=clock.now())

        assert drafts.statuses() == DRAFTED

    def test_where_nothing_was_ever_asked_nothing_can_be_answered(self) -> None:
        with pytest.raises(AnswerRefused, match="还没有签批单"):
            sign_offs.answer(None, YES, on=TUESDAY, now=clock.now())


class TestDeclining:
    def test_everything_stays_drafted_and_the_history_says_why(self) -> None:
        asked_for_three()

        answered = sign_offs.answer(None, NO, on=TUESDAY, now=clock.now())

        assert drafts.statuses() == DRAFTED
        event = drafts.told(EventKind.SIGN_OFF)[-1]
        assert (event.move, event.was, event.became) == ("decline", "asked", "declined")
        assert (event.by, event.reason) == ("张三", "数据要再核")
        assert "一项也不交办" in sign_offs.sentence(answered)

    def test_the_office_is_not_told_of_what_it_declined_itself(self) -> None:
        asked_for_three()
        sign_offs.answer(None, NO, on=MONDAY, now=clock.now())

        assert cards.owe_cards(TUESDAY, clock=clock.now) == 0


class TestNobodyAnswers:
    def test_the_office_is_told_every_second_workday_and_on_the_last(self) -> None:
        asked_for_three()
        days = (MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, LAST_MONDAY)

        told = [chased(day) for day in days]

        # On the day itself it is asked already: the next morning is not told again.
        assert told == [1, 0, 0, 1, 0, 1]
        assert "签批拟交办的（期限；命令：junheng sign-off） 3项" in drafts.office_cards()[0]
        assert "2025年11月10日" in drafts.office_cards()[0]

    def test_the_day_after_it_expires_by_itself_and_the_office_is_told_once(self) -> None:
        asked_for_three()

        said = [upkeep.keep_up(day, now=clock.now()) for day in (LAST_MONDAY, DAY_AFTER, DAY_AFTER)]

        assert said == [(), ("签批期限已过、没有签批的签批单 1 张；所列事项没有交办。",), ()]
        assert drafts.statuses() == DRAFTED
        assert drafts.told(EventKind.SIGN_OFF)[-1].move == "expire"
        assert [chased(DAY_AFTER), chased(DAY_AFTER.replace(day=12))] == [1, 0]
        assert "到期未签批、没有交办的（原期限） 3项" in drafts.office_cards()[-1]

    def test_nobody_signs_after_the_day_also_before_it_was_ended(self) -> None:
        asked_for_three()

        with pytest.raises(AnswerRefused, match="签批期限 2025-11-10 已过"):
            sign_offs.answer(None, YES, on=DAY_AFTER, now=clock.now())

    def test_what_expired_cannot_be_answered_and_is_asked_for_anew(self) -> None:
        asked_for_three()
        sign_offs.expire_due(DAY_AFTER, now=clock.now())

        with pytest.raises(AnswerRefused, match="到期未签批，已过期"):
            sign_offs.answer(1, YES, on=DAY_AFTER, now=clock.now())

        assert drafts.ask(DAY_AFTER).number == 2


def test_killed_before_the_cards_the_same_answer_again_tells_everybody_once() -> None:
    asked_for_three()
    sign_offs.answer(None, YES, on=TUESDAY, now=clock.now())

    for _ in range(2):
        sign_offs.answer(None, YES, on=TUESDAY, now=clock.now())
        chased(TUESDAY)

    assert cards.owe_cards(TUESDAY, clock=clock.now) == 0
    assert len(drafts.cards()) == 3


def test_vetoes_stand_first_then_by_lead_and_date() -> None:
    asked_for_three()
    drafts.draft("区人社局", start=4, indicator="V01")
    drafts.ask()

    one, listed = sign_off_items.items(None)

    assert one.number == 2
    assert [item.is_veto for item in listed] == [True, False, False, False]
    leads = [item.remediation.lead for item in listed[1:]]
    assert leads == sorted(leads)
    assert "其中一票否决1项" in sign_off_items.title(one, listed)
