"""The district's data: it quotes the plan, and every line has a responsible unit."""

import csv
import re
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
DISTRICT = ROOT / "config" / "taierzhuang"
DATA = ROOT / "tests" / "data"

TOWNS = "各镇街"
NUMERALS = "一二三四五六七八九十"


@cache
def load(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = YAML(typ="safe").load((DISTRICT / name).read_text(encoding="utf-8"))
    return loaded


def printed_plan() -> str:
    return (DATA / "plan-2018-33.txt").read_text(encoding="utf-8")


def printed_lines() -> list[str]:
    return [line for line in printed_plan().splitlines() if line.strip()]


def printed_tasks() -> list[tuple[str, str]]:
    """Return (group, paragraph) of every task between the plan's parts four and five."""
    lines, group, tasks = printed_lines(), "", []
    for line in lines[lines.index("四、重点任务") + 1 : lines.index("五、工作要求")]:
        if heading := re.fullmatch(rf"\([{NUMERALS}]+\)(.+)。", line):
            group = heading[1]
        else:
            tasks.append((group, line))
    return tasks


def printed_clauses() -> list[tuple[str, str, str | None, str]]:
    """Return (unit number, unit, clause number, text) of every line of the annex."""
    lines, title = printed_lines(), load("duties.yaml")["title"]
    number, unit, clauses = "", "", []
    for line in lines[lines.index(title) + 1 :]:
        if heading := re.fullmatch(rf"([{NUMERALS}]+)、(.+)", line):
            number, unit = heading.groups()
        elif clause := re.fullmatch(rf"\(([{NUMERALS}]+)\)(.+)", line):
            clauses.append((number, unit, clause[1], clause[2]))
        else:
            clauses.append((number, unit, None, line))
    return clauses


def configured_clauses() -> list[tuple[str, str, str | None, str]]:
    return [
        (duty["number"], duty["unit"], clause["number"], clause["text"])
        for duty in load("duties.yaml")["duties"]
        for clause in duty["clauses"]
    ]


def indicator_lines() -> list[dict[str, str]]:
    with (DATA / "indicators.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def indicator_line(code: str) -> dict[str, str]:
    return next(line for line in indicator_lines() if line["id"] == code)


def is_task_line(code: str) -> bool:
    return re.fullmatch(r"T\d\d", code) is not None


def own_clauses(unit: str) -> set[str]:
    """Return the citations of a unit's own clauses: 区财政局（三）."""
    heading = "镇街" if unit == TOWNS else unit
    return {
        f"{named}（{number}）" if number else named
        for _, named, number, _ in configured_clauses()
        if named == heading
    }


def departments() -> list[str]:
    return [department["id"] for department in load("departments.yaml")["departments"]]


def units_without_a_duty() -> set[str]:
    named = {unit for task in load("plan.yaml")["tasks"] for unit in task["units"]}
    return {unit for unit in named if not own_clauses(unit)}


class TestDistrict:
    def test_has_its_code_as_text_its_name_and_its_six_towns(self) -> None:
        district = load("district.yaml")

        assert district == {
            "code": "370405",
            "name": "台儿庄区",
            "towns": ["运河街道", "邳庄镇", "涧头集镇", "泥沟镇", "张山子镇", "马兰屯镇"],
        }


class TestPlan:
    def test_is_the_document_of_friday_24_august_2018(self) -> None:
        plan = load("plan.yaml")

        assert plan["issued_on"] == date(2018, 8, 24)
        assert plan["title"] in printed_lines()
        assert plan["document"] in printed_lines()

    def test_has_26_tasks_numbered_as_printed(self) -> None:
        numbers = [task["number"] for task in load("plan.yaml")["tasks"]]

        assert numbers == list(range(1, 27))

    def test_has_86_assignments_of_units_to_tasks(self) -> None:
        places = [unit for task in load("plan.yaml")["tasks"] for unit in task["units"]]

        assert len(places) == 86

    def test_quotes_every_task_in_its_group(self) -> None:
        configured = [(task["group"], task["text"]) for task in load("plan.yaml")["tasks"]]

        assert configured == printed_tasks()

    def test_names_every_task_as_printed(self) -> None:
        for task in load("plan.yaml")["tasks"]:
            assert task["text"].startswith(f"{task['number']}.{task['title']}。")

    def test_names_the_units_of_every_task_in_the_order_printed(self) -> None:
        for task in load("plan.yaml")["tasks"]:
            bracket = task["text"].rpartition("(")[2].removesuffix("负责)")
            # In the printed plan, task 25 has a stray space after its first unit.
            printed = bracket.replace("、 ", "、").split("、")

            assert task["units"] == printed, task["number"]

    def test_quotes_every_target_from_its_own_task(self) -> None:
        for task in load("plan.yaml")["tasks"]:
            for target in task["targets"]:
                assert target["quote"] in task["text"], task["number"]

    def test_every_target_has_kind_and_meaning_and_no_unknown_key(self) -> None:
        known = {"quote", "kind", "what", "when", "unit", "operator", "value"}

        for task in load("plan.yaml")["tasks"]:
            for target in task["targets"]:
                assert {"quote", "kind", "what"} <= target.keys() <= known, task["number"]


class TestDutyList:
    def test_has_22_units(self) -> None:
        assert len(load("duties.yaml")["duties"]) == 22

    def test_has_77_clauses(self) -> None:
        assert len(configured_clauses()) == 77

    def test_quotes_exactly_the_clauses_of_the_annex_in_order(self) -> None:
        assert configured_clauses() == printed_clauses()

    def test_only_the_paragraph_of_science_and_technology_is_unnumbered(self) -> None:
        unnumbered = [unit for _, unit, number, _ in configured_clauses() if number is None]

        assert unnumbered == ["区科技局"]

    def test_has_no_entry_for_five_units_of_tasks(self) -> None:
        assert units_without_a_duty() == {
            "区环保局",
            "区文明办",
            "区体育局",
            "区食药监局",
            "区综治办",
        }


class TestDepartments:
    def test_are_the_units_of_tasks_and_annex_without_the_towns(self) -> None:
        in_tasks = {unit for task in load("plan.yaml")["tasks"] for unit in task["units"]}
        in_annex = {unit for _, unit, _, _ in configured_clauses()}

        assert set(departments()) == (in_tasks | in_annex) - {TOWNS, "镇街"}
        assert len(departments()) == len(set(departments())) == 26

    def test_begin_with_the_plans_name_on_the_plans_day(self) -> None:
        for department in load("departments.yaml")["departments"]:
            assert department["names"][0] == {"name": department["id"], "from": date(2018, 8, 24)}

    def test_take_each_new_name_on_a_later_day(self) -> None:
        for department in load("departments.yaml")["departments"]:
            for earlier, later in pairwise(department["names"]):
                assert earlier["from"] < later["from"], department["id"]

    def test_have_their_names_after_the_2019_reform(self) -> None:
        renamed = {
            department["id"]: department["names"][-1]["name"]
            for department in load("departments.yaml")["departments"]
            if len(department["names"]) > 1
        }

        assert renamed == {
            "区规划分局": "区自然资源局",
            "区国土资源分局": "区自然资源局",
            "区卫计局": "区卫健局",
            "区食药监局": "区市场监管局",
            "区环保局": "区生态环境分局",
            "区文广新局": "区文旅局",
            "区综治办": "区委政法委",
        }


class TestResponsibilities:
    def test_exist_for_exactly_the_computed_lines(self) -> None:
        lines = [line["id"] for line in indicator_lines()]
        computed = [code for code in lines if code != "SUB" and not is_task_line(code)]

        assert list(load("responsibilities.yaml")["indicators"]) == computed
        assert len(computed) == 76

    def test_have_the_lead_of_the_list_of_indicators(self) -> None:
        for code, responsibility in load("responsibilities.yaml")["indicators"].items():
            assert responsibility["lead"] == indicator_line(code)["lead"], code

    def test_have_a_department_as_lead(self) -> None:
        for code, responsibility in load("responsibilities.yaml")["indicators"].items():
            assert responsibility["lead"] in departments(), code

    def test_have_a_clause_of_the_lead_or_a_plan_task_as_basis(self) -> None:
        for code, responsibility in load("responsibilities.yaml")["indicators"].items():
            plan_tasks = indicator_line(code)["plan_tasks"].split(",")
            tasks = {f"重点任务{number}" for number in plan_tasks if number}

            assert responsibility["basis"] in own_clauses(responsibility["lead"]) | tasks, code

    def test_have_supporting_units_only_without_a_plan_task(self) -> None:
        supporting = {
            code: responsibility["supporting"]
            for code, responsibility in load("responsibilities.yaml")["indicators"].items()
            if "supporting" in responsibility
        }

        assert supporting == {"Q01": ["团区委", "区妇联", TOWNS], "S01": ["区教育局"]}
        assert not any(indicator_line(code)["plan_tasks"] for code in supporting)

    @pytest.mark.parametrize("number", range(1, 27))
    def test_have_a_basis_for_every_unit_of_a_task_in_printed_order(self, number: int) -> None:
        task = load("plan.yaml")["tasks"][number - 1]

        bases = load("responsibilities.yaml")["tasks"][number]

        assert list(bases) == task["units"]

    @pytest.mark.parametrize("number", range(1, 27))
    def test_have_an_own_clause_or_the_task_as_basis_of_a_unit(self, number: int) -> None:
        for unit, basis in load("responsibilities.yaml")["tasks"][number].items():
            assert basis in own_clauses(unit) | {f"重点任务{number}"}, unit

    def test_have_the_task_as_basis_of_units_without_a_duty(self) -> None:
        for number, bases in load("responsibilities.yaml")["tasks"].items():
            for unit in bases.keys() & units_without_a_duty():
                assert bases[unit] == f"重点任务{number}"

    def test_cover_exactly_the_26_task_lines(self) -> None:
        task_lines = [line["id"] for line in indicator_lines() if is_task_line(line["id"])]

        covered = [f"T{number:02}" for number in load("responsibilities.yaml")["tasks"]]

        assert covered == task_lines

    def test_assign_missing_submissions_by_clause_one_of_education(self) -> None:
        submissions = load("responsibilities.yaml")["submissions"]

        assert submissions == {"lead": "区教育局", "basis": "区教育局（一）"}
        assert submissions["lead"] == indicator_line("SUB")["lead"]
        assert submissions["basis"] in own_clauses("区教育局")
