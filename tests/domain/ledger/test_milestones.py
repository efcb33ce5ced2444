"""Milestones of long works: planning and shifting."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junheng.domain.ledger.milestones import (
    Milestone,
    MilestonePlans,
    MilestonesMoveBack,
    extended,
    planned,
    shifted,
)
from junheng.domain.workdays import CalendarYear, WorkCalendar, due_on, workdays_between
from tests.config_refusals import refused

CALENDAR = WorkCalendar(
    tuple(
        CalendarYear.of(year, holidays=[date(year, 1, 1), date(year, 10, 1), date(year, 10, 2)])
        for year in (2025, 2026, 2027, 2028)
    )
)
STEPS = [
    {"name": "方案批复", "workdays": 5},
    {"name": "主体完工", "workdays": 15},
    {"name": "竣工验收"},
]
PLANS = MilestonePlans.model_validate({"works": [{"lines": ["R4", "R5"], "steps": STEPS}]})
MONDAY = date(2025, 11, 3)


def of(line_id: str, due: date) -> tuple[Milestone, ...]:
    return planned(line_id, opened_on=MONDAY, due_on=due, plans=PLANS, calendar=CALENDAR)


class TestPlanned:
    def test_from_monday_3_november_each_step_has_its_day_and_the_last_the_due_date(self) -> None:
        assert of("R4", date(2025, 12, 1)) == (
            Milestone(1, "方案批复", date(2025, 11, 10)),
            Milestone(2, "主体完工", date(2025, 11, 24)),
            Milestone(3, "竣工验收", date(2025, 12, 1)),
        )

    def test_a_shorter_time_limit_limits_all_steps(self) -> None:
        due = date(2025, 11, 14)

        assert [milestone.due_on for milestone in of("R4", due)] == [date(2025, 11, 10), due, due]

    def test_a_line_without_a_plan_has_none(self) -> None:
        assert of("R1", date(2025, 12, 1)) == ()


class TestShifted:
    def test_only_open_milestones_move(self) -> None:
        first, second, third = of("R4", date(2025, 12, 1))
        done = Milestone(1, first.name, first.due_on, done_on=date(2025, 11, 7))

        moved = shifted((done, second, third), workdays=3, calendar=CALENDAR)

        assert moved[0] == done
        assert [milestone.due_on for milestone in moved[1:]] == [
            date(2025, 11, 27),
            date(2025, 12, 4),
        ]

    def test_a_shift_by_zero_days_changes_nothing(self) -> None:
        milestones = of("R4", date(2025, 12, 1))

        assert shifted(milestones, workdays=0, calendar=CALENDAR) == milestones

    def test_a_negative_shift_is_refused(self) -> None:
        with pytest.raises(MilestonesMoveBack, match="不能提前2个工作日"):
            shifted(of("R4", date(2025, 12, 1)), workdays=-2, calendar=CALENDAR)


class TestExtended:
    def test_an_extension_to_a_saturday_puts_the_last_on_it(self) -> None:
        milestones = of("R4", date(2025, 12, 1))

        moved = extended(
            milestones,
            was_due_on=milestones[-1].due_on,
            due_on=date(2025, 12, 6),
            calendar=CALENDAR,
        )

        assert [milestone.due_on for milestone in moved] == [
            date(2025, 11, 14),
            date(2025, 11, 28),
            date(2025, 12, 6),
        ]

    def test_an_earlier_due_date_is_refused(self) -> None:
        with pytest.raises(MilestonesMoveBack, match="2025-12-01提前到2025-11-28"):
            extended(
                of("R4", date(2025, 12, 1)),
                was_due_on=date(2025, 12, 1),
                due_on=date(2025, 11, 28),
                calendar=CALENDAR,
            )

    def test_a_remediation_without_milestones_gets_none(self) -> None:
        assert (
            extended((), was_due_on=date(2025, 12, 1), due_on=date(2025, 12, 6), calendar=CALENDAR)
            == ()
        )


class TestPlans:
    @pytest.mark.parametrize(
        ("works", "said"),
        [
            ([{"lines": ["R4"], "steps": STEPS[:2]}], "只有最后一个节点"),
            ([{"lines": ["R4"], "steps": [STEPS[2], STEPS[2]]}], "只有最后一个节点"),
            ([{"lines": ["R4"], "steps": [STEPS[1], STEPS[0], STEPS[2]]}], "从小到大"),
            ([{"lines": ["R4", "R4"], "steps": STEPS}], "只能列在一处"),
        ],
    )
    def test_unordered_plans_are_refused(self, works: list[Any], said: str) -> None:
        with refused(said):
            MilestonePlans.model_validate({"works": works})


opening_days = st.dates(date(2025, 1, 1), date(2026, 12, 31))
steps_before = st.lists(st.integers(1, 70), min_size=1, max_size=5, unique=True).map(sorted)
numbers = st.integers(0, 40)


def plans_of(workdays: list[int]) -> MilestonePlans:
    steps = [{"name": f"第{days}日", "workdays": days} for days in workdays]
    return MilestonePlans.model_validate(
        {"works": [{"lines": ["R4"], "steps": [*steps, {"name": "竣工验收"}]}]}
    )


@given(opened_on=opening_days, workdays=steps_before, limit=st.integers(1, 80))
def test_planned_steps_are_ordered_and_end_on_the_due_date(
    opened_on: date, workdays: list[int], limit: int
) -> None:
    due = due_on(opened_on, workdays=limit, calendar=CALENDAR)

    milestones = planned(
        "R4", opened_on=opened_on, due_on=due, plans=plans_of(workdays), calendar=CALENDAR
    )

    dates = [milestone.due_on for milestone in milestones]
    assert [milestone.position for milestone in milestones] == list(range(1, len(workdays) + 2))
    assert dates == sorted(dates)
    assert dates[0] > opened_on
    assert dates[-1] == due


@given(opened_on=opening_days, workdays=steps_before, once=numbers, again=numbers)
def test_two_shifts_equal_one_shift_by_their_sum(
    opened_on: date, workdays: list[int], once: int, again: int
) -> None:
    due = due_on(opened_on, workdays=75, calendar=CALENDAR)
    milestones = planned(
        "R4", opened_on=opened_on, due_on=due, plans=plans_of(workdays), calendar=CALENDAR
    )

    first = shifted(milestones, workdays=once, calendar=CALENDAR)
    both = shifted(first, workdays=again, calendar=CALENDAR)

    assert both == shifted(milestones, workdays=once + again, calendar=CALENDAR)
    for before, after in zip(milestones, both, strict=True):
        assert workdays_between(before.due_on, after.due_on, calendar=CALENDAR) == once + again


@given(
    opened_on=opening_days,
    workdays=steps_before,
    days=st.integers(0, 60),
    done=st.integers(0, 5),
)
def test_an_extension_puts_the_last_on_the_new_date_and_keeps_finished_ones(
    opened_on: date, workdays: list[int], days: int, done: int
) -> None:
    due = due_on(opened_on, workdays=75, calendar=CALENDAR)
    steps = planned(
        "R4", opened_on=opened_on, due_on=due, plans=plans_of(workdays), calendar=CALENDAR
    )
    finished = tuple(
        Milestone(milestone.position, milestone.name, milestone.due_on, opened_on)
        for milestone in steps[:-1]
    )
    milestones = (*finished[:done], *steps[len(finished[:done]) :])

    moved = extended(milestones, was_due_on=due, due_on=due + timedelta(days), calendar=CALENDAR)

    dates = [milestone.due_on for milestone in moved]
    assert dates[-1] == due + timedelta(days)
    assert dates == sorted(dates)
    assert moved[: len(finished[:done])] == finished[:done]
    assert all(
        milestone.due_on <= later.due_on for milestone, later in zip(milestones, moved, strict=True)
    )
