"""The light of a remediation: blue, yellow or red."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junheng.domain.ledger import lights
from junheng.domain.ledger.lights import Light, LightRules
from junheng.domain.ledger.milestones import Milestone
from junheng.domain.workdays import CalendarYear, WorkCalendar
from tests.config_refusals import refused

CALENDAR = WorkCalendar(
    (
        CalendarYear.of(
            2025,
            holidays=[date(2025, 10, day) for day in range(1, 9)],
            makeup_days=[date(2025, 10, 11)],
        ),
        CalendarYear.of(2026, holidays=[date(2026, 1, 1)]),
    )
)
RULES = LightRules.model_validate(
    {"rules": [{"from": "2018-08-24", "yellow_workdays": 5, "red_workdays": 0}]}
)
DUE_MONDAY = date(2025, 11, 17)


def light(due_on: date, *, today: date, **changes: Any) -> Light:
    usual: dict[str, Any] = {"stopped_on": None, "rules": RULES, "calendar": CALENDAR}
    return lights.light(due_on, today=today, **(usual | changes))


class TestLight:
    def test_is_blue_while_six_workdays_are_left_on_friday_7_november(self) -> None:
        assert light(DUE_MONDAY, today=date(2025, 11, 7)) is Light.BLUE

    def test_is_yellow_from_five_workdays_on_monday_10_november(self) -> None:
        assert light(DUE_MONDAY, today=date(2025, 11, 10)) is Light.YELLOW

    def test_is_yellow_on_the_due_monday_17_november_itself(self) -> None:
        assert light(DUE_MONDAY, today=DUE_MONDAY) is Light.YELLOW

    def test_is_red_from_tuesday_18_november(self) -> None:
        assert light(DUE_MONDAY, today=date(2025, 11, 18)) is Light.RED

    def test_due_on_a_saturday_is_red_on_the_sunday_after(self) -> None:
        assert light(date(2025, 11, 15), today=date(2025, 11, 16)) is Light.RED

    def test_counts_no_holiday_and_the_makeup_saturday_11_october(self) -> None:
        # The workdays left are 9, 10, 11, 13 and 14 October, on 29 September also the 30th.
        assert light(date(2025, 10, 14), today=date(2025, 9, 30)) is Light.YELLOW
        assert light(date(2025, 10, 14), today=date(2025, 9, 29)) is Light.BLUE

    def test_an_overdue_date_needs_no_calendar(self) -> None:
        assert light(date(2019, 3, 1), today=DUE_MONDAY) is Light.RED


class TestMilestones:
    half = Milestone(1, "方案批复", date(2025, 11, 12))
    last = Milestone(2, "竣工验收", date(2026, 1, 30))

    def test_the_light_depends_on_the_nearest_milestone(self) -> None:
        def on(today: date) -> Light:
            return light(date(2026, 1, 30), today=today, milestones=(self.half, self.last))

        assert on(date(2025, 11, 3)) is Light.BLUE
        assert on(date(2025, 11, 5)) is Light.YELLOW
        assert on(date(2025, 11, 13)) is Light.RED

    def test_the_light_is_blue_again_once_the_nearest_is_done(self) -> None:
        done = Milestone(1, "方案批复", date(2025, 11, 12), done_on=date(2025, 11, 14))

        def on(today: date) -> Light:
            return light(date(2026, 1, 30), today=today, milestones=(done, self.last))

        assert on(date(2025, 11, 14)) is Light.BLUE
        assert on(date(2025, 11, 13)) is Light.RED, "a day that is replayed does not know it yet"

    def test_milestones_do_not_extend_the_due_date(self) -> None:
        assert light(DUE_MONDAY, today=date(2025, 11, 18), milestones=(self.last,)) is Light.RED


class TestStoppedOn:
    def test_after_a_report_in_time_the_light_does_not_change(self) -> None:
        assert light(DUE_MONDAY, today=date(2026, 3, 2), stopped_on=date(2025, 11, 3)) is Light.BLUE
        assert light(DUE_MONDAY, today=date(2026, 3, 2), stopped_on=DUE_MONDAY) is Light.YELLOW

    def test_after_a_late_report_the_light_stays_red(self) -> None:
        late = date(2025, 11, 18)

        assert light(DUE_MONDAY, today=date(2026, 3, 2), stopped_on=late) is Light.RED

    def test_a_later_report_does_not_affect_an_earlier_day(self) -> None:
        assert light(DUE_MONDAY, today=date(2025, 11, 3), stopped_on=DUE_MONDAY) is Light.BLUE


class TestRules:
    def two(self, **second: Any) -> LightRules:
        first = {"from": "2018-08-24", "yellow_workdays": 5}
        return LightRules.model_validate({"rules": [first, {"from": "2025-11-01"} | second]})

    def test_each_day_uses_the_rule_in_force(self) -> None:
        rules = self.two(yellow_workdays=10, red_workdays=3)

        assert rules.rule_on(date(2025, 10, 31)).yellow_workdays == 5
        assert rules.rule_on(date(2025, 11, 1)).yellow_workdays == 10
        assert rules.rule_on(date(2017, 1, 1)).yellow_workdays == 5

    def test_red_may_begin_before_the_due_date(self) -> None:
        rules = self.two(yellow_workdays=10, red_workdays=3)

        assert light(DUE_MONDAY, today=date(2025, 11, 12), rules=rules) is Light.YELLOW
        assert light(DUE_MONDAY, today=date(2025, 11, 13), rules=rules) is Light.RED

    @pytest.mark.parametrize(
        ("second", "said"),
        [
            ({"from": "2018-08-24", "yellow_workdays": 5}, "从早到晚"),
            ({"from": "2018-01-01", "yellow_workdays": 5}, "从早到晚"),
            ({"yellow_workdays": 5, "red_workdays": 6}, "没有黄灯"),
        ],
    )
    def test_contradictory_rules_are_refused(self, second: dict[str, Any], said: str) -> None:
        with refused(said):
            self.two(**second)


BRIGHTNESS = list(Light)
days = st.dates(date(2025, 1, 1), date(2026, 11, 1))


@given(due_on=days, today=days, done=st.lists(days, max_size=3), yellow=st.integers(0, 20))
def test_the_light_never_improves_by_time_alone(
    due_on: date, today: date, done: list[date], yellow: int
) -> None:
    rules = LightRules.model_validate(
        {"rules": [{"from": "2018-08-24", "yellow_workdays": yellow}]}
    )
    milestones = [Milestone(position, "节点", day) for position, day in enumerate(done)]

    before = light(due_on, today=today, milestones=milestones, rules=rules)
    after = light(due_on, today=today + timedelta(1), milestones=milestones, rules=rules)

    assert BRIGHTNESS.index(after) >= BRIGHTNESS.index(before)
    assert (before is Light.RED) == (today > min([due_on, *done]))
