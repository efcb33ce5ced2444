"""Lights and milestones in config: one rule, and steps that fit into the time limits."""

from datetime import date

from junheng.domain.ledger.milestones import planned
from junheng.domain.standard.standard import Line
from junheng.domain.workdays import due_on
from junheng.rulebook import Rulebook


def test_the_light_is_yellow_from_five_workdays_and_red_when_overdue(
    rulebook: Rulebook,
) -> None:
    (rule,) = rulebook.lights.rules

    assert (rule.yellow_workdays, rule.red_workdays) == (5, 0)


def test_building_works_of_thirty_workdays_or_more_have_milestones(
    rulebook: Rulebook,
) -> None:
    limits = {line.id: rulebook.ladder.time_limits.workdays_for(line) for line in built(rulebook)}

    assert limits == {"R4": 60, "R5": 60, "CV4": 60, "CV5": 60, "G03": 30}


def test_every_step_is_within_the_time_limit_of_its_lines(rulebook: Rulebook) -> None:
    for line in built(rulebook):
        limit = rulebook.ladder.time_limits.workdays_for(line)
        *before, _ = rulebook.milestones.steps_of(line.id)
        assert all(step.workdays is not None and step.workdays < limit for step in before)


def test_the_milestones_of_a_building_opened_on_monday_3_november_2025(rulebook: Rulebook) -> None:
    opened_on = date(2025, 11, 3)
    due = due_on(opened_on, workdays=60, calendar=rulebook.calendar)

    milestones = planned(
        "R4",
        opened_on=opened_on,
        due_on=due,
        plans=rulebook.milestones,
        calendar=rulebook.calendar,
    )

    assert [(milestone.name, milestone.due_on.isoformat()) for milestone in milestones] == [
        ("方案批复", "2025-11-24"),
        ("开工", "2025-12-08"),
        ("主体完工", "2026-01-13"),
        ("竣工验收", "2026-01-27"),
    ]


def built(rulebook: Rulebook) -> list[Line]:
    return [line for line in rulebook.standard.lines if line.id in rulebook.milestones.lines]
