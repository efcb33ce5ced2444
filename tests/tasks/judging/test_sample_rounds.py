"""The sample district in two years: the verdicts of 2024, and the returned files of 2025."""

import csv
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from junheng import bootstrap
from junheng.adapters import clock
from junheng.domain.intake.submissions import Standing
from junheng.domain.judging.findings import Finding, Verdict
from junheng.domain.ledger.remediation import Remediation
from junheng.store import findings as findings_store
from junheng.store import remediations as remediations_store
from tasks.intake import register, submissions
from tasks.intake.register import YearRegister
from tasks.judging import evaluation
from tasks.ledger import remediation
from tasks.ledger.remediation import Settlement
from tests import databases
from tests.tasks import defective_measures
from tests.tasks.sample_homes import SUBMISSIONS, home

DATA = Path(__file__).parents[2] / "data"
NOW = datetime(2025, 10, 20, 1, 30, tzinfo=UTC)
MONDAY = date(2025, 10, 20)
CLOSE = 1e-6


def found(year: int) -> tuple[YearRegister, tuple[Finding, ...]]:
    evaluated = evaluation.evaluate(year=year, now=NOW)
    assert not evaluated.broken
    with bootstrap.session() as session:
        return (
            register.of_year(session, bootstrap.rulebook(), year),
            findings_store.of_evaluation(session, evaluated.evaluation_id),
        )


@pytest.fixture(scope="module")
def year_2024(judged_2024: Path) -> tuple[YearRegister, tuple[Finding, ...]]:
    with home(judged_2024):
        return found(2024)


@pytest.fixture(scope="module")
def home_2025(judged_2025: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home_2025") / "home"
    databases.copy_home(judged_2025, folder)
    with home(folder):
        remediation.remediate(year=2025, today=MONDAY, now=clock.now())
    return folder


@pytest.fixture
def register_2025(home_2025: Path) -> YearRegister:
    with home(home_2025), bootstrap.session() as session:
        return register.of_year(session, bootstrap.rulebook(), 2025)


def ledger(folder: Path) -> tuple[Remediation, ...]:
    with home(folder), bootstrap.session() as session:
        return remediations_store.ledger(session, "370405")


def test_the_verdicts_of_2024_match_an_independent_computation(
    year_2024: tuple[YearRegister, tuple[Finding, ...]],
) -> None:
    _, findings = year_2024
    judged_lines = {finding.indicator for finding in findings}
    text = (DATA / "expected_verdicts_2024.csv").read_text("utf-8-sig")
    expected = {
        (row["indicator"], row["unit"]): (row["value"], row["verdict"])
        for row in csv.DictReader(text.splitlines())
        if row["indicator"] in judged_lines
    }
    found = {
        (finding.indicator, finding.unit): finding
        for finding in findings
        if finding.verdict is not Verdict.NOT_APPLICABLE
    }

    assert found.keys() == expected.keys()
    # Except L03: the folder of 2024 has no 建设项目 with its five units.
    assert (len(judged_lines), len(found)) == (102, 2917)
    for key, (value, verdict) in expected.items():
        assert found[key].verdict == verdict, key
        if value:
            assert found[key].value == pytest.approx(float(value), abs=CLOSE), key
        else:
            assert found[key].value is None, key


def test_all_reports_of_2024_are_received(
    year_2024: tuple[YearRegister, tuple[Finding, ...]],
) -> None:
    known, _ = year_2024

    assert {entry.status for entry in known.entries} == {Standing.RECEIVED}
    assert (len(known.schools), len(known.departments)) == (62, 32)


def test_the_register_of_2025_adds_up(register_2025: YearRegister) -> None:
    count = Counter(entry.status for entry in register_2025.schools)

    assert count == {Standing.RECEIVED: 53, Standing.SENT_BACK: 8, Standing.MISSING: 1}


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("3370405005", "E16"),
        ("3370405010", "#DIV/0!"),
        ("3370405015", "3370405019"),
        ("3370405020", "班级明细"),
        ("3370405025", "403"),
        ("3370405030", "-147.05"),
        ("3370405045", "E23"),
        ("3370405054", "打不开"),
    ],
)
def test_each_returned_school_gets_its_cell_or_its_reason(
    register_2025: YearRegister, code: str, reason: str
) -> None:
    entry = next(school for school in register_2025.schools if school.code == code)

    assert entry.status is Standing.SENT_BACK
    assert reason in entry.reason


def test_a_correction_counts_and_names_the_replaced_file(register_2025: YearRegister) -> None:
    entry = next(school for school in register_2025.schools if school.code == "3370405034")

    assert entry.file == "3370405034_泥沟镇第三小学（更正）.xlsx"
    assert "3370405034_泥沟镇第三小学.xlsx" in entry.reason


def test_every_shortfall_has_one_remediation_with_its_sections(home_2025: Path) -> None:
    rows = ledger(home_2025)
    identities = [(row.indicator, row.unit) for row in rows]

    assert len(identities) == len(set(identities))
    both = next(row for row in rows if (row.indicator, row.unit) == ("R3", "3370405006"))
    assert both.items == ("3370405006:小学", "3370405006:初中")
    missing = next(row for row in rows if (row.indicator, row.unit) == ("SUB", "3370405051"))
    assert (missing.lead, missing.supporting) == ("区教育局", ("涧头集镇",))


def test_a_time_limit_does_not_count_the_day_of_service(home_2025: Path) -> None:
    missing = next(row for row in ledger(home_2025) if row.indicator == "SUB")

    assert missing.opened_on == MONDAY
    # Five workdays from Monday 20 October 2025.
    assert missing.due_on == date(2025, 10, 27)


def test_a_second_round_on_a_later_day_opens_nothing(home_2025: Path) -> None:
    before = [(row.reference, row.opened_on, row.due_on) for row in ledger(home_2025)]

    with home(home_2025):
        submissions.collect(SUBMISSIONS / "2025", year=2025, now=NOW)
        assert not evaluation.evaluate(year=2025, now=NOW).broken
        settled = remediation.remediate(year=2025, today=date(2025, 11, 3), now=clock.now())

    assert settled == Settlement(opened=0, relapsed=0, carried_over=0, closed=0)
    assert [(row.reference, row.opened_on, row.due_on) for row in ledger(home_2025)] == before


def test_a_broken_rule_is_not_judged_and_the_others_are(
    judged_2024: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    defective_measures.put_in(monkeypatch, "stated", figure="students")
    databases.copy_home(judged_2024, tmp_path / "home")
    databases.move_in(tmp_path / "home", monkeypatch)
    defective_measures.judge_again(monkeypatch, tmp_path)

    evaluated = evaluation.evaluate(year=2024, now=NOW)

    with bootstrap.session() as session:
        findings = findings_store.of_evaluation(session, evaluated.evaluation_id)
    broken = {finding.indicator for finding in findings if finding.verdict is Verdict.NOT_JUDGED}
    assert broken == {"G05"} == set(evaluated.broken)
    assert sum(finding.indicator == "G05" for finding in findings) == 840
