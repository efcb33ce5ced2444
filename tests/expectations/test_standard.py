"""Great Expectations: suites from config, severities, and counts that agree with the findings."""

import narwhals as nw
import pytest

from junheng.domain.judging import findings as findings_of
from junheng.domain.judging.thresholds import Frame
from junheng.domain.school_years import judged_on
from junheng.domain.standard.standard import Grain, Rule
from junheng.rulebook import Rulebook

RULES_2025 = judged_on(2025)
QUALIFIED = ("associate_degree_teachers", "bachelor_teachers", "master_teachers", "doctor_teachers")


def rule(rulebook: Rulebook, indicator: str) -> Rule:
    return next(
        candidate
        for candidate in rulebook.standard.in_force(RULES_2025)
        if candidate.id == indicator
    )


def sections(*rows: tuple[str, str, float, float]) -> Frame:
    """Return sections from (district, stage, students, bachelor teachers)."""
    return nw.from_dict(
        {
            "unit": [f"{number}:{row[1]}" for number, row in enumerate(rows)],
            "owner": [str(number) for number, _ in enumerate(rows)],
            "district_code": [row[0] for row in rows],
            "stage": [row[1] for row in rows],
            "school_kind": ["小学"] * len(rows),
            "students": [row[2] for row in rows],
            **dict.fromkeys(QUALIFIED, [0.0] * len(rows)),
            "bachelor_teachers": [row[3] for row in rows],
        },
        backend="pandas",
    )


def judged(rules: list[Rule], frames: dict[Grain, Frame]) -> dict[str, object]:
    from expectations import standard

    return dict(standard.judge(rules, frames))


def test_a_suite_has_each_line_in_chinese_with_its_severity(rulebook: Rulebook) -> None:
    from expectations import standard

    rules = [rule(rulebook, name) for name in ("V01", "G07", "L11c")]
    suite = standard.suite(rules, name="some")

    said = [(one.description, one.severity.value) for one in suite.expectations]
    assert said[0] == ("V01 以考试方式招生（教督〔2017〕6号 一票否决事项）", "critical")
    assert [severity for _, severity in said] == ["critical", "warning", "info"]
    assert suite.expectations[2].meta == {
        "indicator": "L11c",
        "clause": "台政办字〔2018〕33号 重点任务11",
        "group": "本区方案",
    }


def test_coefficients_and_six_of_seven_have_their_own_expectations(rulebook: Rulebook) -> None:
    from expectations import lines, standard

    rules = [rule(rulebook, name) for name in ("CV1", "R", "R1")]

    kinds = [type(one) for one in standard.suite(rules, name="some").expectations]

    assert kinds == [
        lines.ExpectWeightedCoefficientToBeAtMost,
        lines.ExpectEnoughLinesToBeMet,
        lines.ExpectUnitsToMeetLine,
    ]


def test_every_district_is_judged_in_one_pass(rulebook: Rulebook) -> None:
    frame = sections(
        ("370405", "小学", 100.0, 5.0),
        ("370405", "小学", 100.0, 5.0),
        ("370406", "小学", 100.0, 0.0),
        ("370406", "小学", 100.0, 9.0),
        ("370406", "初中", 100.0, 9.0),
    )
    coefficient = rule(rulebook, "CV1")

    judgement = judged([coefficient], {Grain.STAGE: frame})["CV1"]
    found = findings_of.of_rule(coefficient, frame)

    assert judgement.counts == findings_of.tally(found)  # type: ignore[attr-defined]
    assert {one.unit: (one.value, one.verdict.value) for one in found} == {
        "370405:小学": (0.0, "pass"),
        "370406:小学": (1.0, "fail"),
        "370406:初中": (0.0, "pass"),
    }


def test_only_a_line_with_missing_columns_fails(rulebook: Rulebook) -> None:
    frame = sections(("370405", "小学", 100.0, 5.0)).drop("stage")
    rules = [rule(rulebook, "R1"), rule(rulebook, "R2")]

    judgements = judged(rules, {Grain.SECTION: frame.with_columns(backbone_teachers=nw.lit(2.0))})

    assert judgements["R2"].counts == findings_of.Counts(1, 1, 1, 0)  # type: ignore[attr-defined]
    assert judgements["R1"].counts is None  # type: ignore[attr-defined]
    assert "stage" in judgements["R1"].error  # type: ignore[attr-defined]


@pytest.mark.parametrize("indicator", ["R", "CV1", "G05"])
def test_a_rule_survives_serialisation_in_a_suite(indicator: str, rulebook: Rulebook) -> None:
    """A suite contains its rules as text, which must be parsed to the same rule."""
    from junheng.domain.standard.standard import Edition

    edition = rule(rulebook, indicator).edition

    assert Edition.model_validate_json(edition.model_dump_json(by_alias=True)) == edition
