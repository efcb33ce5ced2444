"""Writes the verdict report: one self-contained page in Chinese."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

from junheng import bootstrap
from junheng.adapters.files import pages
from junheng.domain.intake.submissions import Standing
from junheng.domain.judging import district_frames, recognition, unit_words
from junheng.domain.judging.findings import Finding, Verdict
from junheng.domain.office_days import OFFICE_ZONE
from junheng.domain.pages import verdict_report
from junheng.domain.pages.verdict_report import LineReport, ReportBuilder
from junheng.domain.standard.standard import Rule, Severity
from junheng.rulebook import Rulebook
from junheng.store import findings as findings_store
from junheng.store import history
from junheng.store import submissions as submissions_store
from junheng.store.rows import stored_id
from junheng.store.tables.evaluation import EvaluationRow
from junheng.wording.judging.report import ReportWords
from tasks.intake import register
from tasks.intake.register import RegisterEntry, YearRegister
from tasks.judging import overall_answer, overview, year_data
from tasks.judging.evaluation import BACKEND
from tasks.judging.overview import NEWEST, Which

TEMPLATE = "report.html.j2"
HASH_SHOWN = 16
UNKNOWN = (Verdict.NOT_REPORTED, Verdict.NOT_APPLICABLE, Verdict.NOT_JUDGED)


def write(year: int, today: date, which: Which = NEWEST) -> Path:
    """Write the report of an evaluation and return its path; raises NothingEvaluated."""
    rulebook = bootstrap.rulebook()
    with bootstrap.session() as session:
        judged = overview.evaluation_of(session, rulebook, year, which)
        found = findings_store.of_evaluation(session, stored_id(judged))
        rules = findings_store.rules(session, judged)
        schools = submissions_store.register_of(session, judged.register_collection_id)
        known = register.of_year(session, rulebook, year)
        head = history.head(session, rulebook.district.code)
    names = overview.unit_names(rulebook, {school.code: school.name for school in schools}, today)
    builder = ReportBuilder(rules, names, rulebook.words)
    page = _Page(rulebook, judged, found, known, builder, head)
    path = bootstrap.settings().reports_folder / _file_name(judged, rulebook, which)
    pages.put(path, pages.page(TEMPLATE, **page.values()))
    return path


def write_data_docs(year: int, which: Which = NEWEST) -> Path:
    """Write Great Expectations' data docs of an evaluation, and return their index page."""
    # Importing Great Expectations takes seconds: only callers that need it should pay for it.
    from expectations import data_docs

    rulebook = bootstrap.rulebook()
    with bootstrap.session() as session:
        judged = overview.evaluation_of(session, rulebook, year, which)
        rules = findings_store.rules(session, judged)
        data = year_data.of_evaluation(session, rulebook, judged)
    folder = bootstrap.settings().reports_folder / f"data-docs-{stored_id(judged)}"
    return data_docs.build(rules, district_frames.build(data, backend=BACKEND), folder)


def path_of(year: int) -> Path:
    """Return the path of the report of a year by its own rules."""
    name = bootstrap.rulebook().wording.report.file.format(year=year)
    return bootstrap.settings().reports_folder / name


def _file_name(judged: EvaluationRow, rulebook: Rulebook, which: Which) -> str:
    wording = rulebook.wording.report
    is_own = judged.rules_year == judged.school_year
    name = wording.file if is_own else wording.file_by_rules
    if which.evaluation_id is not None:
        name = wording.file_of_evaluation
    return name.format(year=judged.school_year, rules_year=judged.rules_year, number=judged.id)


@dataclass(frozen=True, slots=True)
class _Page:
    """The values of the template."""

    rulebook: Rulebook
    judged: EvaluationRow
    found: tuple[Finding, ...]
    known: YearRegister
    builder: ReportBuilder
    head: str

    @property
    def wording(self) -> ReportWords:
        return self.rulebook.wording.report

    def values(self) -> dict[str, Any]:
        lines = self.builder.lines(self.found)
        return self._head() | self._answer() | self._reporting() | self._lines(lines)

    def _head(self) -> dict[str, Any]:
        judged, wording = self.judged, self.wording
        day = judged.evaluated_at.astimezone(OFFICE_ZONE).date()
        return {
            "wording": wording,
            "title": wording.title.format(
                district=self.rulebook.district.name, year=judged.school_year
            ),
            "subtitle": wording.subtitle.format(
                rules_year=judged.rules_year, day=day, number=judged.id
            ),
            "trace": wording.footer.trace.format(year=judged.school_year),
            "hashes": wording.footer.hashes.format(
                rulebook_hash=judged.rulebook_hash[:HASH_SHOWN],
                data_hash=judged.data_hash[:HASH_SHOWN],
                head=self.head[:HASH_SHOWN],
            ),
        }

    def _answer(self) -> dict[str, Any]:
        answer = recognition.of_findings(self.found, self.rulebook.conditions)
        answering = overall_answer.Answering(self.rulebook, self.builder.names)
        return {
            "answer": answer,
            "conditions": [
                (condition, answering.row(condition)) for condition in answer.conditions
            ],
            "overall": answering.overall(answer),
            "blocking": answering.blocking(answer),
            "pending": answering.pending(answer),
        }

    def _reporting(self) -> dict[str, Any]:
        if self.known.data_hash != self.judged.data_hash:
            return self._reporting_then()
        wording = self.wording.reporting
        standings = self.rulebook.wording.artifacts.standing
        absent = [
            {
                "name": self.builder.names.owner(entry.code),
                "status": standings[entry.status],
                "reason": entry.reason,
            }
            for entry in self.known.entries
            if entry.status is not Standing.RECEIVED
        ]
        return {
            "schools": wording.schools.format(**_counted(self.known.schools)),
            "departments": wording.departments.format(**_counted(self.known.departments)),
            "absent": absent,
        }

    def _lines_without_units(self, lines: tuple[LineReport, ...]) -> str:
        """Return the lines without any unit to judge, such as L03 if no project was reported."""
        judged = {line.id for line in lines}
        without_units = [rule for rule in self.builder.rules if rule.id not in judged]
        named = _named_lines(without_units)
        return self.wording.others.nobody.format(lines=named) if without_units else ""

    def _reporting_then(self) -> dict[str, Any]:
        """Return the reporters that counted in an older evaluation (without reasons)."""
        wording = self.wording.reporting
        counted = findings_store.counted(self.judged)
        absent = [
            {
                "name": self.builder.names.owner(source.reporter),
                "status": wording.then,
                "reason": "",
            }
            for source in counted
            if not source.is_received
        ]
        text = wording.counted.format(
            all=len(counted), received=len(counted) - len(absent), absent=len(absent)
        )
        return {"schools": text, "departments": "", "absent": absent}

    def _lines(self, lines: tuple[LineReport, ...]) -> dict[str, Any]:
        wording = self.wording
        groups = verdict_report.groups(lines)
        totals: Counter[Verdict] = Counter()
        for group in groups:
            totals.update(group.units)
        failing = [line for line in lines if line.failing]
        heat = self.builder.heat(self.found, wording.heat)
        return {
            "verdicts": tuple(Verdict),
            "groups": groups,
            "totals": totals,
            "heat": heat,
            "ratios": [line for line in lines if heat and line.id in heat.lines],
            "failing": [
                (group, tuple(own)) for group, own in groupby(failing, key=attrgetter("group"))
            ],
            "line_counts": {
                line.id: wording.failing.counts.format(
                    **{verdict.value: line.counts.get(verdict, 0) for verdict in Verdict}
                )
                for line in failing
            },
            "tags": {
                Severity.VETO: wording.failing.veto,
                Severity.ADVISORY: wording.failing.advisory,
            },
            "others": [
                line for line in lines if any(line.counts.get(verdict) for verdict in UNKNOWN)
            ],
            "unknown_verdicts": UNKNOWN,
            "nobody": self._lines_without_units(lines),
            "broken": [
                wording.others.broken.format(indicator=indicator, reason=reason)
                for indicator, reason in self.judged.broken.items()
            ],
        }


def _named_lines(rules: Iterable[Rule]) -> str:
    return "、".join(unit_words.line_name(rule.line) for rule in rules)


def _counted(entries: tuple[RegisterEntry, ...]) -> dict[str, int]:
    counts = {
        standing.value: sum(entry.status is standing for entry in entries) for standing in Standing
    }
    return {"all": len(entries), **counts}
