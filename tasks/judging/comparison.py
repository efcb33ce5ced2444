"""Compares two evaluations of a year: by the rules of two years, by two rulebooks, or stored."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from junheng import bootstrap
from junheng.domain.judging import district_frames
from junheng.domain.judging import findings as findings_of
from junheng.domain.judging.comparison import Flip, Judging, flips
from junheng.domain.judging.findings import Finding
from junheng.domain.judging.frames import YearData
from junheng.domain.school_years import judged_on
from junheng.domain.standard.standard import Rule
from junheng.rulebook import Rulebook
from junheng.store import findings as store
from junheng.store.database.database import Session
from junheng.store.rows import stored_id
from junheng.store.tables.evaluation import EvaluationRow
from tasks.intake import register
from tasks.judging import evaluation, overview, year_data
from tasks.judging.evaluation import BACKEND
from tasks.judging.overview import Which


@dataclass(frozen=True, slots=True)
class Comparison:
    """The changed verdicts, and the lines that only one side has."""

    flips: tuple[Flip, ...]
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]
    rules: dict[str, Rule]
    schools: dict[str, str]


def of_rules(year: int, rules_years: tuple[int, int], *, now: datetime) -> Comparison:
    """Judge a year's data by the rules of two years and compare; both evaluations are stored."""
    for rules_year in rules_years:
        evaluation.evaluate(year=year, now=now, rules_year=rules_year)
    before, after = (Which(rules_year=rules_year) for rules_year in rules_years)
    return of_evaluations(year, before, after)


def of_evaluations(year: int, before: Which, after: Which) -> Comparison:
    """Compare two stored evaluations; raises NothingEvaluated."""
    rulebook = bootstrap.rulebook()
    with bootstrap.session() as session:
        rows = [overview.evaluation_of(session, rulebook, year, which) for which in (before, after)]
        first, second = (_stored(session, row) for row in rows)
        data = year_data.of_evaluation(session, rulebook, rows[0])
    return _compared(first, second, data)


def with_rulebook(year: int, config: Path, *, rules_year: int) -> Comparison:
    """Compare the verdicts by the current rulebook with those by another copy of config/."""
    ours, theirs = bootstrap.rulebook(), bootstrap.rulebook(config)
    with bootstrap.session() as session:
        known = register.of_year(session, ours, year)
        schools = [entry.school for entry in known.entries if entry.school is not None]
        counted = year_data.counted_now(known)
        data = year_data.gathered(session, ours, counted, schools, year=year, rules_year=rules_year)
    under_theirs = _under(data, theirs, year=year, rules_year=rules_year)
    before, after = (
        _judged(rulebook, judged, rules_year, known.data_hash)
        for rulebook, judged in ((ours, data), (theirs, under_theirs))
    )
    return _compared(before, after, data)


def _judged(rulebook: Rulebook, data: YearData, rules_year: int, data_hash: str) -> Judging:
    rules = rulebook.standard.in_force(judged_on(rules_year))
    frames = district_frames.build(data, backend=BACKEND)
    found, _ = evaluation.hold(rules, frames)
    return Judging(found, {rule.id: rule for rule in rules}, data_hash)


def _under(data: YearData, rulebook: Rulebook, *, year: int, rules_year: int) -> YearData:
    return replace(
        data,
        plan_tasks=year_data.plan_units(rulebook),
        school_form=rulebook.school_form(year, rules_year=rules_year),
        department_form=rulebook.department_form(year),
    )


def _stored(session: Session, row: EvaluationRow) -> Judging:
    rules = {rule.id: rule for rule in store.rules(session, row)}
    return Judging(store.of_evaluation(session, stored_id(row)), rules, row.data_hash)


def _compared(before: Judging, after: Judging, data: YearData) -> Comparison:
    def rejudged_before(rule: Rule) -> Iterable[Finding]:
        frames = district_frames.build(data, backend=BACKEND)
        return findings_of.of_rule(rule, frames[rule.line.per])

    return Comparison(
        flips(before, after, rejudged_before=rejudged_before),
        tuple(indicator for indicator in before.rules if indicator not in after.rules),
        tuple(indicator for indicator in after.rules if indicator not in before.rules),
        dict(before.rules) | dict(after.rules),
        {record.school.code: record.school.name for record in data.schools if record.school},
    )
