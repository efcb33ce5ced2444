"""Assignments: the lead, supporting units, the school's own town, and the clause."""

from junheng.domain.duties.responsibilities import Assignment, clause_names
from junheng.domain.standard.standard import Line
from junheng.rulebook import Rulebook


def line(rulebook: Rulebook, indicator: str) -> Line:
    return next(line_ for line_ in rulebook.standard.lines if line_.id == indicator)


def assign(rulebook: Rulebook, indicator: str, owner: str, town: str | None) -> Assignment:
    return rulebook.roster.assign(line(rulebook, indicator), owner, town=town)


def test_a_schools_line_is_supported_by_the_schools_own_town(rulebook: Rulebook) -> None:
    answer = assign(rulebook, "L04", "3370405010", "泥沟镇")

    assert answer == Assignment("区财政局", ("区教育局", "泥沟镇"), "区财政局（三）")


def test_the_districts_line_is_supported_by_every_town(rulebook: Rulebook) -> None:
    answer = assign(rulebook, "CV4", "370405", None)

    assert answer.lead == "区教育局"
    assert answer.supporting[-6:] == rulebook.district.towns
    assert "区发改局" in answer.supporting


def test_a_unit_named_by_two_plan_tasks_supports_once(rulebook: Rulebook) -> None:
    answer = assign(rulebook, "R1", "3370405010", "泥沟镇")

    assert answer.supporting == ("区编办", "区财政局", "区人社局")


def test_the_unit_that_reported_a_plan_task_leads_it(rulebook: Rulebook) -> None:
    answer = assign(rulebook, "T18", "区人社局", None)

    assert answer == Assignment("区人社局", ("区教育局",), "区人社局（三）")


def test_a_town_leads_its_own_part_of_a_plan_task_without_the_other_towns(
    rulebook: Rulebook,
) -> None:
    answer = assign(rulebook, "T04", "涧头集镇", None)

    assert answer.lead == "涧头集镇"
    assert answer.supporting == ("区教育局",)
    assert answer.basis.startswith("镇街（")


def test_the_basis_of_a_unit_missing_in_the_annex_is_the_plan_task(rulebook: Rulebook) -> None:
    assert assign(rulebook, "T11", "区体育局", None).basis == "重点任务11"


def test_a_missing_school_report_is_assigned_to_office_and_town(rulebook: Rulebook) -> None:
    answer = assign(rulebook, "SUB", "3370405051", "涧头集镇")

    assert answer == Assignment("区教育局", ("涧头集镇",), "区教育局（一）")


def test_a_missing_department_report_is_assigned_to_the_department(rulebook: Rulebook) -> None:
    assert assign(rulebook, "SUB", "区统计局", None).lead == "区统计局"


def test_every_line_and_unit_has_an_assignment(rulebook: Rulebook) -> None:
    clauses = clause_names(rulebook.duty_list)
    tasks = {f"重点任务{task.number}" for task in rulebook.plan.tasks}

    for line_ in rulebook.standard.lines:
        owner = rulebook.district.towns[0] if line_.id == "T04" else "区教育局"
        town = rulebook.district.towns[0] if line_.id == "SUB" else None
        answer = rulebook.roster.assign(line_, owner, town=town)
        assert answer.basis in clauses | tasks
        assert answer.lead not in answer.supporting
