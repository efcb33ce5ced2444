"""Setting milestones: only on possible days, and later only with an approval."""

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
    **setting_values: Any,
) -> tuple[Milestone, ...]:
    setting = replace(Setting("张三", on, "施工计划"), **setting_values)
    return milestones.put(
        REFERENCE, Wanted(name, due_on, is_done), setting, now=clock.now()
    ).milestones


def refused(*wanted: Any, **values: Any) -> str:
    before = (kept(), len(events()))
    with pytest.raises(ActRefused) as caught:
        put(*wanted, **values)
    assert (kept(), len(events())) == before
    return str(caught.value)


class TestPut:
    def test_milestones_are_ordered_by_due_date(self) -> None:
        put("竣工", NEXT_FRIDAY)

        assert put(" 开工 ", NEXT_MONDAY) == (
            Milestone(1, "开工", NEXT_MONDAY),
            Milestone(2, "竣工", NEXT_FRIDAY),
        )

    def test_a_milestone_is_done_on_the_day_of_the_act(self) -> None:
        put("开工", NEXT_MONDAY)

        assert put(is_done=True, on=WEDNESDAY) == (Milestone(1, "开工", NEXT_MONDAY, WEDNESDAY),)

    def test_a_milestone_may_be_done_after_its_due_date(self) -> None:
        put("开工", NEXT_MONDAY)

        assert put(is_done=True, on=NEXT_FRIDAY)[0].done_on == NEXT_FRIDAY
        assert put("开工", NEXT_MONDAY, is_done=True, on=NEXT_FRIDAY)[0].due_on == NEXT_MONDAY


class TestRefusals:
    @pytest.mark.parametrize(
        ("values", "sentence"),
        [
            ({"name": " "}, "没有写节点名称"),
            ({"by": " "}, "没有写由谁办理（--by）"),
            ({"reason": ""}, "定节点必须写明理由（--reason）"),
        ],
    )
    def test_a_missing_person_name_or_reason_is_refused(
        self, values: dict[str, str], sentence: str
    ) -> None:
        assert refused(due_on=NEXT_MONDAY, **values) == sentence

    def test_neither_a_date_nor_done_is_refused(self) -> None:
        put("开工", NEXT_MONDAY)

        assert refused() == "没有写要改什么：定期限写 --due，记完成写 --done"

    def test_an_unknown_milestone_cannot_be_done(self) -> None:
        assert refused("竣工", is_done=True) == "没有“竣工”这个节点；要新增请写期限（--due）"

    def test_a_due_date_before_the_opening_or_in_the_past_is_refused(self) -> None:
        assert refused(due_on=SATURDAY_BEFORE).endswith("不能早于交办日期 2025-11-03")
        assert refused(due_on=OPENED).endswith("2025-11-03 不能早于办理日期 2025-11-04")

    def test_a_due_date_after_that_of_the_remediation_is_refused(self) -> None:
        assert "不能晚于整改期限" in refused(due_on=date(2026, 6, 30))

    def test_a_completion_before_the_opening_is_refused(self) -> None:
        put("开工", NEXT_MONDAY)

        sentence = refused(is_done=True, on=SATURDAY_BEFORE)

        assert sentence == "节点的办理日期 2025-11-01 早于交办日期 2025-11-03"

    def test_a_milestone_of_a_reported_remediation_is_refused(self) -> None:
        act(Move.REPORT)

        assert refused(due_on=NEXT_MONDAY).endswith("现在是“已反馈”，不能改节点")


class TestPostponing:
    def test_a_later_due_date_needs_an_approval(self) -> None:
        put("开工", NEXT_MONDAY)

        sentence = refused("开工", NEXT_FRIDAY)

        assert sentence == (
            "把未完成的节点“开工”从 2025-11-10 推迟到 2025-11-14，必须写明批准人（--approved-by）"
        )

    def test_the_approval_is_recorded(self) -> None:
        put("开工", NEXT_MONDAY)

        (moved,) = put("开工", NEXT_FRIDAY, approved_by="分管副局长")

        assert moved.due_on == NEXT_FRIDAY
        assert json.loads(events()[-1].details)["approved_by"] == "分管副局长"

    def test_marking_it_done_at_once_does_not_replace_the_approval(self) -> None:
        put("开工", NEXT_MONDAY)

        assert "必须写明批准人" in refused("开工", NEXT_FRIDAY, is_done=True, on=NEXT_FRIDAY)

    def test_an_earlier_due_date_needs_no_approval(self) -> None:
        put("开工", NEXT_FRIDAY)

        assert put("开工", NEXT_MONDAY)[0].due_on == NEXT_MONDAY
