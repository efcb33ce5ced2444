"""A verdict followed back: formula, numbers, and the cells they stand in."""

import re
from pathlib import Path

import pytest
from openpyxl import load_workbook

from junheng import bootstrap
from junheng.domain.judging import district_frames
from junheng.domain.judging.findings import Finding, Verdict
from junheng.domain.judging.lineage import Lineage
from junheng.domain.judging.tracing import Tracer
from junheng.domain.standard.standard import Rule
from junheng.store import findings as findings_store
from junheng.store import submissions as submissions_store
from junheng.store.rows import stored_id
from tasks.intake import submissions
from tasks.judging import evaluation, overview, tracing, year_data
from tasks.judging.evaluation import BACKEND
from tasks.judging.tracing import NothingToTrace, TracedVerdict
from tests import databases, small_district
from tests.tasks import defective_measures
from tests.tasks.sample_homes import NOW, SUBMISSIONS

EACH = 3


def traced(indicator: str, unit: str) -> TracedVerdict:
    return tracing.trace(indicator, unit, year=2025)


@pytest.fixture
def judged(in_2025: Path) -> tuple[tuple[Finding, ...], dict[str, Rule], Tracer]:
    rulebook = bootstrap.rulebook()
    with bootstrap.session() as session:
        row = overview.evaluation_of(session, rulebook, 2025)
        found = findings_store.of_evaluation(session, stored_id(row))
        rules = {rule.id: rule for rule in findings_store.rules(session, row)}
        counted = findings_store.counted(row)
        schools = submissions_store.register_of(session, row.register_collection_id)
        data = year_data.of_evaluation(session, rulebook, row)
    names = [school.code for school in schools]
    sent = [one.reporter for one in counted if one.submissions]
    lineage = Lineage(
        rulebook.school_form(2025),
        rulebook.department_form(2025),
        tuple(one for one in sent if one in names),
        tuple(one for one in sent if one not in names),
    )
    frames = district_frames.build(data, backend=BACKEND)
    return found, rules, Tracer(frames, lineage, rulebook.wording.figures)


def some_of_each(found: tuple[Finding, ...]) -> list[Finding]:
    """Return a few findings of every line and verdict."""
    seen: dict[tuple[str, Verdict], int] = {}
    chosen = []
    for finding in found:
        key = finding.indicator, finding.verdict
        seen[key] = seen.get(key, 0) + 1
        if seen[key] <= EACH:
            chosen.append(finding)
    return chosen


def worked_out(text: str) -> float:
    """Compute what a worked formula says, as a clerk would with a calculator."""
    plain = text.replace("÷", "/").replace("×", "*").replace("−", "-").replace(",", "")
    assert re.fullmatch(r"[\d.+\-*/() ]+", plain), plain
    return float(eval(plain))  # noqa: S307  (digits and signs only)


def test_every_line_can_be_traced_whatever_its_verdict(
    judged: tuple[tuple[Finding, ...], dict[str, Rule], Tracer],
) -> None:
    found, rules, tracer = judged
    chosen = some_of_each(found)

    traces = [tracer.trace(finding, rules[finding.indicator]) for finding in chosen]

    assert {one.finding.indicator for one in traces} == set(rules)
    assert not [
        one for one in traces if re.search(r"[a-z]_[a-z]|\{", one.formula + one.per_section)
    ]


def test_the_worked_formula_gives_the_value(
    judged: tuple[tuple[Finding, ...], dict[str, Rule], Tracer],
) -> None:
    found, rules, tracer = judged
    worked = [
        (finding, tracer.trace(finding, rules[finding.indicator]).worked)
        for finding in some_of_each(found)
        if finding.value is not None and finding.indicator not in ("R", "G03")
    ]

    assert len(worked) > 100
    for finding, text in worked:
        left, _, right = text.partition(" = ")
        assert worked_out(left) == pytest.approx(finding.value, rel=2e-3, abs=1e-3), finding
        assert worked_out(right or left) == pytest.approx(finding.value, abs=1e-4), finding


def test_a_number_stands_in_the_cell_that_is_named(in_2025: Path) -> None:
    verdict = traced("R2", "3370405006:初中")
    figure = verdict.trace.figures[0]
    (place,) = verdict.places[figure.keys[0]]

    workbook = load_workbook(SUBMISSIONS / "2025" / "schools" / place.file)

    assert figure.label == "县级及以上骨干教师数（初中）"
    assert str(workbook[place.sheet][place.cell].value) == figure.shown


def test_a_school_may_be_called_by_its_name(in_2025: Path) -> None:
    verdict = traced("R2", "马兰屯镇第一实验学校:初中")

    assert verdict.trace.finding.unit == "3370405006:初中"


def test_a_coefficient_shows_each_schools_share_and_they_make_it_up(in_2025: Path) -> None:
    verdict = traced("CV2", "370405:初中")
    shares = verdict.trace.shares

    assert sum(one.share for one in shares) == pytest.approx(1)
    assert sum(one.weight for one in shares) == pytest.approx(1)
    assert shares[0].share == max(one.share for one in shares)
    # A section's figures come from its own school's workbook.
    for figure in verdict.trace.figures:
        school = figure.unit.partition(":")[0]
        assert all(place.file.startswith(school) for place in verdict.places[figure.keys[0]])


def test_six_of_seven_shows_the_seven(in_2025: Path) -> None:
    verdict = traced("R", "3370405006:小学")

    assert [one.indicator for one in verdict.trace.lines] == [f"R{at}" for at in range(1, 8)]
    held = sum(one.is_held for one in verdict.trace.lines)
    assert held == verdict.trace.finding.value


def test_a_sum_over_schools_names_every_school_it_adds_up(in_2025: Path) -> None:
    verdict = traced("Q01", "370405")
    graduates = verdict.trace.figures[0]
    places = [place for key in graduates.keys for place in verdict.places[key]]

    assert len(places) == 53
    assert all(place.sha256 for place in places)


def test_what_was_never_judged_is_said_with_what_there_is(in_2025: Path) -> None:
    with pytest.raises(NothingToTrace, match="3370405006:小学"):
        traced("R2", "3370405006")
    with pytest.raises(NothingToTrace, match="R99"):
        traced("R99", "3370405006")


def test_a_line_that_broke_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    defective_measures.put_in(monkeypatch, "total")
    databases.move_in(tmp_path / "home", monkeypatch)
    submissions.collect(small_district.make(tmp_path / "2025"), year=2025, now=NOW)
    evaluation.evaluate(year=2025, now=NOW)

    verdict = traced("V04", "370405")

    assert verdict.trace.finding.verdict is Verdict.NOT_JUDGED
    assert "no_such_column" in verdict.reason


def test_what_was_sent_back_says_why(in_2025: Path) -> None:
    assert "约307" in traced("R1", "3370405005:初中").reason


def test_a_building_projects_answers_read_as_they_were_given(in_2025: Path) -> None:
    assert traced("L03", "运河街道第五小学改扩建工程5").trace.worked == "否、是、是、是、是"
