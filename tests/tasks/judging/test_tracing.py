"""Tracing a verdict: formula, numbers, and their cells."""

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
    sent = [source.reporter for source in counted if source.submissions]
    lineage = Lineage(
        rulebook.school_form(2025),
        rulebook.department_form(2025),
        tuple(reporter for reporter in sent if reporter in names),
        tuple(reporter for reporter in sent if reporter not in names),
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
    """Compute the value of a worked formula, as with a calculator."""
    plain = text.replace("÷", "/").replace("×", "*").replace("−", "-").replace(",", "")
    assert re.fullmatch(r"[\d.+\-*/() ]+", plain), plain
    return float(eval(plain))  # noqa: S307  (digits and signs only)


def test_every_line_can_be_traced_for_every_verdict(
    judged: tuple[tuple[Finding, ...], dict[str, Rule], Tracer],
) -> None:
    found, rules, tracer = judged
    chosen = some_of_each(found)

    traces = [tracer.trace(finding, rules[finding.indicator]) for finding in chosen]

    assert {trace.finding.indicator for trace in traces} == set(rules)
    assert not [
        trace for trace in traces if re.search(r"[a-z]_[a-z]|\{", trace.formula + trace.per_section)
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


def test_a_figure_is_in_the_named_cell(in_2025: Path) -> None:
    verdict = traced("R2", "3370405006:初中")
    figure = verdict.trace.figures[0]
    (place,) = verdict.places[figure.keys[0]]

    workbook = load_workbook(SUBMISSIONS / "2025" / "schools" / place.file)

    assert figure.label == "县级及以上骨干教师数（初中）"
    assert str(workbook[place.sheet][place.cell].value) == figure.shown


def test_a_unit_may_be_given_by_the_name_of_its_school(in_2025: Path) -> None:
    verdict = traced("R2", "马兰屯镇第一实验学校:初中")

    assert verdict.trace.finding.unit == "3370405006:初中"


def test_the_shares_of_the_schools_add_up_to_the_coefficient(in_2025: Path) -> None:
    verdict = traced("CV2", "370405:初中")
    shares = verdict.trace.shares

    assert sum(share.share for share in shares) == pytest.approx(1)
    assert sum(share.weight for share in shares) == pytest.approx(1)
    assert shares[0].share == max(share.share for share in shares)
    # The figures of a section are in the workbook of its school.
    for figure in verdict.trace.figures:
        school = figure.unit.partition(":")[0]
        assert all(place.file.startswith(school) for place in verdict.places[figure.keys[0]])


def test_six_of_seven_shows_the_seven(in_2025: Path) -> None:
    verdict = traced("R", "3370405006:小学")

    assert [line.indicator for line in verdict.trace.lines] == [
        f"R{number}" for number in range(1, 8)
    ]
    met = sum(line.is_held for line in verdict.trace.lines)
    assert met == verdict.trace.finding.value


def test_a_sum_over_schools_names_every_school_it_adds_up(in_2025: Path) -> None:
    verdict = traced("Q01", "370405")
    graduates = verdict.trace.figures[0]
    places = [place for key in graduates.keys for place in verdict.places[key]]

    assert len(places) == 53
    assert all(place.sha256 for place in places)


def test_an_unknown_unit_or_line_is_refused_with_the_existing_ones(in_2025: Path) -> None:
    with pytest.raises(NothingToTrace, match="3370405006:小学"):
        traced("R2", "3370405006")
    with pytest.raises(NothingToTrace, match="R99"):
        traced("R99", "3370405006")


def test_a_broken_line_has_its_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    defective_measures.put_in(monkeypatch, "total")
    databases.move_in(tmp_path / "home", monkeypatch)
    submissions.collect(small_district.make(tmp_path / "2025"), year=2025, now=NOW)
    evaluation.evaluate(year=2025, now=NOW)

    verdict = traced("V04", "370405")

    assert verdict.trace.finding.verdict is Verdict.NOT_JUDGED
    assert "no_such_column" in verdict.reason


def test_a_unit_of_a_returned_report_has_its_reason(in_2025: Path) -> None:
    assert "约307" in traced("R1", "3370405005:初中").reason


def test_the_answers_of_a_building_project_are_shown_as_given(in_2025: Path) -> None:
    assert traced("L03", "运河街道第五小学改扩建工程5").trace.worked == "否、是、是、是、是"
