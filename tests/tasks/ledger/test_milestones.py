"""Milestones as people set them: on days that can be, and back only with somebody's approval."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from junheng.adapters import clock
from junheng.domain.ledger.lifecycle import Move
from junheng.domain.ledger.milestones import Milestone
from tasks.ledger import milestones
from tasks.ledger.acts import ActRefused
from tasks.ledger.milestones import Setting, Wanted
from tests.tasks.ledgers import REFERENCE, TUESDAY, WEDNESDAY, act, events, hand_over, kept

OPENED = date(2025, 11, 3)
SATURDAY_BEFORE = date(2025, 11, 1)
NEXT_MONDAY, NEXT_FRIDAY = date(2025, 11, 10), date(2025, 11, 14)


@pytest.fixture(autouse=True)
def _out() -> None:
    hand_over()


def put(
    name: str = "开工",
    due_on: date | None = None,
    *,
    is_done: bool = False,
    on: date = TUESDAY,
    **said: Any,
) -> tuple[Milestone, ...]:
    setting = replace(Setting("张三", on, "施工计划"), **said)
    return milestones.put(
        REFERENCE, Wanted(name, due_on, is_done), setting, now=clock.now()
    ).milestones


def refused(*wanted: Any, **said: Any) -> str:
    before = (kept(), len(events()))
    with pytest.raises(ActRefused) as caught:
        put(*wanted, **said)
    assert (kept(), len(events())) == before
    return str(caught.value)


class TestSetting:
    def test_each_has_its_day_and_they_stand_in_that_order(self) -> None:
        put("竣工", NEXT_FRIDAY)

        assert put(" 开工 ", NEXT_MONDAY) == (
            Milestone(1, "开工", NEXT_MONDAY),
            Milestone(2, "竣工", NEXT_FRIDAY),
        )

    def test_what_is_done_is_done_on_the_day_it_is_said(self) -> None:
        put("开工", NEXT_MONDAY)

        assert put(is_done=True, on=WEDNESDAY) == (Milestone(1, "开工", NEXT_MONDAY, WEDNESDAY),)

    def test_what_was_done_late_may_still_be_said(self) -> None:
        put("开工", NEXT_MONDAY)

        assert put(is_done=True, on=NEXT_FRIDAY)[0].done_on == NEXT_FRIDAY
        assert put("开工", NEXT_MONDAY, is_done=True, on=NEXT_FRIDAY)[0].due_on == NEXT_MONDAY


class TestRefusals:
    @pytest.mark.parametrize(
        ("said", "sentence"),
        [
            ({"name": " "}, "没有写节点名称"),
            ({"by": " "}, "没有写由谁办理（--by）"),
            ({"reason": ""}, "定节点必须写明理由（--reason）"),
        ],
    )
    def test_nobody_nothing_and_no_reason_are_refused(
        self, said: dict[str, str], sentence: str
    ) -> None:
        assert refused(due_on=NEXT_MONDAY, **said) == sentence

    def test_neither_a_date_nor_done_is_nothing_to_set(self) -> None:
        put("开工", NEXT_MONDAY)

        assert refused() == "没有写要改什么：定期限写 --due，记完成写 --done"

    def test_one_that_is_not_there_is_not_done(self) -> None:
        assert refused("竣工", is_done=True) == "没有“竣工”这个节点；要新增请写期限（--due）"

    def test_none_is_due_before_the_opening_nor_newly_on_a_day_that_is_past(self) -> None:
        assert refused(due_on=SATURDAY_BEFORE).endswith("不能早于交办日期 2025-11-03")
        assert refused(due_on=OPENED).endswith("2025-11-03 不能早于办理日期 2025-11-04")

    def test_none_is_due_after_the_remediation(self) -> None:
        assert "不能晚于整改期限" in refused(due_on=date(2026, 6, 30))

    def test_none_was_done_before_the_opening(self) -> None:
        put("开工", NEXT_MONDAY)

        said = refused(is_done=True, on=SATURDAY_BEFORE)

        assert said == "节点的办理日期 2025-11-01 早于交办日期 2025-11-03"

    def test_none_of_what_has_ended_is_set(self) -> None:
        act(Move.REPORT)

        assert refused(due_on=NEXT_MONDAY).endswith("现在是“已反馈”，不能改节点")


class TestMovingBack:
    def test_a_later_day_needs_somebody_who_approved_it(self) -> None:
        put("开工", NEXT_MONDAY)

        said = refused("开工", NEXT_FRIDAY)

        assert said == (
            "把未完成的节点“开工”从 2025-11-10 推迟到 2025-11-14，必须写明批准人（--approved-by）"
        )

    def test_who_approved_it_is_written_down(self) -> None:
        put("开工", NEXT_MONDAY)

        (moved,) = put("开工", NEXT_FRIDAY, approved_by="分管副局长")

        assert moved.due_on == NEXT_FRIDAY
        assert json.loads(events()[-1].details)["approved_by"] == "分管副局长"

    def test_saying_at_once_that_it_is_done_does_not_get_round_it(self) -> None:
        put("开工", NEXT_MONDAY)

        assert "必须写明批准人" in refused("开工", NEXT_FRIDAY, is_done=True, on=NEXT_FRIDAY)

    def test_an_earlier_day_needs_nobody(self) -> None:
        put("开工", NEXT_FRIDAY)

        assert put("开工", NEXT_MONDAY)[0].due_on == NEXT_MONDAY
