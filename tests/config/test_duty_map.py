"""Every plan task and every clause of the duty list has an answer, from a single source."""

from collections.abc import Mapping

import pytest

from junheng.domain.duties.duty_map import Answer, DutyMap
from junheng.domain.duties.responsibilities import citation, clause_names
from junheng.domain.duties.standing_duties import StandingDuty
from junheng.domain.people.districts import EVERY_TOWN
from junheng.rulebook import Rulebook
from tasks.ledger import duty_map
from tests.config.test_recurring import EVIDENCE


@pytest.fixture(scope="module")
def answers(rulebook: Rulebook) -> DutyMap:
    return duty_map.of(rulebook)


@pytest.fixture(scope="module")
def standing(rulebook: Rulebook) -> Mapping[str, StandingDuty]:
    return rulebook.standing.clauses


def lead_of(clause: str) -> str:
    """Return the unit of a clause of the annex, by its name in tasks and T lines."""
    unit = clause.partition("（")[0]
    return EVERY_TOWN if unit == "镇街" else unit


def test_all_26_tasks_are_answered(rulebook: Rulebook, answers: DutyMap) -> None:
    firsts = [answers.of_task(task.number).first for task in rulebook.plan.tasks]

    assert len(firsts) == 26
    assert Answer.NONE not in firsts


def test_all_77_clauses_are_answered(rulebook: Rulebook, answers: DutyMap) -> None:
    clauses = clause_names(rulebook.duty_list)

    unanswered = [clause for clause in clauses if answers.of_clause(clause).first is Answer.NONE]

    assert len(clauses) == 77
    assert not unanswered


def test_every_task_has_its_t_line_with_a_basis_for_each_of_its_units(
    rulebook: Rulebook, answers: DutyMap
) -> None:
    for task in rulebook.plan.tasks:
        assert [line.id for line in answers.of_task(task.number).task_lines] == [
            f"T{task.number:02}"
        ]
        assert len(answers.bases(task.number)) == len(task.units)


def test_every_line_and_recurring_duty_is_on_the_map(rulebook: Rulebook, answers: DutyMap) -> None:
    shown: set[str] = set()
    for found in (
        *(answers.of_task(task.number) for task in rulebook.plan.tasks),
        *(answers.of_clause(clause) for clause in clause_names(rulebook.duty_list)),
    ):
        shown |= {line.id for line in (*found.lines, *found.task_lines)}
        shown |= {duty.id for duty in found.recurring}
    # Its only basis is 工作要求（三）, which is neither a task nor a clause of the annex.
    announced = {"D16"}

    everything = {line.id for line in rulebook.standard.lines} | set(rulebook.recurring.ids)

    assert everything - shown == announced


def test_a_standing_duty_is_a_clause_without_another_answer(
    rulebook: Rulebook, answers: DutyMap, standing: Mapping[str, StandingDuty]
) -> None:
    by_others = {
        clause
        for clause in clause_names(rulebook.duty_list)
        for found in [answers.of_clause(clause)]
        if found.lines or found.task_lines or found.recurring
    }

    assert set(standing) == clause_names(rulebook.duty_list) - by_others


def test_standing_duties_are_in_the_order_of_the_annex(
    rulebook: Rulebook, standing: Mapping[str, StandingDuty]
) -> None:
    printed = [
        citation(duty, clause) for duty in rulebook.duty_list.duties for clause in duty.clauses
    ]

    assert list(standing) == sorted(standing, key=printed.index)


def test_a_standing_duty_is_attested_through_a_task_of_its_own_unit(
    rulebook: Rulebook, standing: Mapping[str, StandingDuty]
) -> None:
    units = {f"T{task.number:02}": task.units for task in rulebook.plan.tasks}

    for clause, duty in standing.items():
        if duty.attested is not None:
            assert duty.attested.through is not None
            assert lead_of(clause) in units[duty.attested.through], clause


def test_a_standing_duty_requires_known_kinds_of_evidence(
    standing: Mapping[str, StandingDuty],
) -> None:
    for clause, duty in standing.items():
        if duty.attested is not None:
            assert set(duty.attested.evidence) <= EVIDENCE, clause


def test_a_standing_duty_supports_existing_lines_and_duties(
    rulebook: Rulebook, standing: Mapping[str, StandingDuty]
) -> None:
    known = {line.id for line in rulebook.standard.lines} | set(rulebook.recurring.ids)

    for clause, duty in standing.items():
        assert set(duty.supports) <= known, clause


def test_keeping_pupils_in_school_is_supported_by_youth_league_and_womens_federation(
    standing: Mapping[str, StandingDuty],
) -> None:
    assert standing["团区委（一）"].supports == standing["区妇联（一）"].supports == ("Q01", "D19")
