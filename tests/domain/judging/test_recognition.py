"""Recognition: all conditions are needed, one veto is enough, and unknown answers stay unknown."""

import pytest

from junheng.domain.judging.findings import Finding, Verdict
from junheng.domain.judging.recognition import Answer, of_findings
from junheng.rulebook import Rulebook


def everything_met(rulebook: Rulebook) -> dict[str, Verdict]:
    lines = [line for condition in rulebook.conditions for line in condition.lines]
    return dict.fromkeys(lines, Verdict.MET)


def answer_of(rulebook: Rulebook, **changed: Verdict) -> tuple[Answer, list[Answer]]:
    verdicts = everything_met(rulebook) | changed
    found = [
        Finding(line, "370405", "370405", None, None, condition)
        for line, condition in verdicts.items()
    ]
    answer = of_findings(found, rulebook.conditions)
    return answer.answer, [condition.answer for condition in answer.conditions]


def test_a_district_that_meets_all_lines_is_recognised(rulebook: Rulebook) -> None:
    assert answer_of(rulebook) == (Answer.HOLDS, [Answer.HOLDS] * 6)


def test_one_veto_is_enough_to_refuse(rulebook: Rulebook) -> None:
    overall, conditions = answer_of(rulebook, V05=Verdict.NOT_MET)

    assert overall is Answer.DOES_NOT_HOLD
    assert conditions == [Answer.DOES_NOT_HOLD, *[Answer.HOLDS] * 5]


@pytest.mark.parametrize("verdict", [Verdict.NOT_REPORTED, Verdict.NOT_JUDGED])
def test_unreported_or_unjudged_lines_make_the_answer_unknown(
    verdict: Verdict, rulebook: Rulebook
) -> None:
    assert answer_of(rulebook, S01=verdict)[0] is Answer.UNKNOWN


def test_a_failure_takes_precedence_over_unknown(rulebook: Rulebook) -> None:
    overall, _ = answer_of(rulebook, S01=Verdict.NOT_REPORTED, CV2=Verdict.NOT_MET)

    assert overall is Answer.DOES_NOT_HOLD


def test_a_line_that_applies_to_no_unit_does_not_prevent_recognition(rulebook: Rulebook) -> None:
    assert answer_of(rulebook, G07=Verdict.NOT_APPLICABLE)[0] is Answer.HOLDS


def test_an_item_of_two_lines_needs_both(rulebook: Rulebook) -> None:
    verdicts = everything_met(rulebook) | {"G11b": Verdict.NOT_MET}
    found = [Finding(line, "370405", "370405", None, None, one) for line, one in verdicts.items()]

    guarantees = of_findings(found, rulebook.conditions).conditions[3]

    assert len(guarantees.answers) == 15
    assert guarantees.count(Answer.DOES_NOT_HOLD) == 1
    assert [one.indicator for one in guarantees.not_met] == ["G11b"]


def test_plan_tasks_and_submissions_are_no_conditions(rulebook: Rulebook) -> None:
    lines = {line for condition in rulebook.conditions for line in condition.lines}

    assert {line[0] for line in lines} == {"V", "R", "C", "G", "Q", "S"}
    assert "SUB" not in lines


def test_coefficients_count_by_stage_and_ratios_by_section(rulebook: Rulebook) -> None:
    found = [
        Finding(f"CV{number}", f"370405:{stage}", "370405", 0.3, 0.5, Verdict.MET)
        for number in range(1, 8)
        for stage in ("小学", "初中")
    ]

    coefficients = of_findings(found, rulebook.conditions).conditions[2]

    assert len(coefficients.answers) == 14


@pytest.mark.parametrize("line", ["S01", "CV2"])
def test_a_figure_that_was_not_measured_is_unknown(line: str, rulebook: Rulebook) -> None:
    overall, _ = answer_of(rulebook, **{line: Verdict.NOT_APPLICABLE})

    assert overall is Answer.UNKNOWN


def test_no_findings_are_unknown(rulebook: Rulebook) -> None:
    assert of_findings((), rulebook.conditions).answer is Answer.UNKNOWN
