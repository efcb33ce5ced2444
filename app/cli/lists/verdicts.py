"""Prints a year's verdicts, and the distance of each failing unit from the threshold."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from rich.console import Console

from app.cli.lists.formats import Format
from app.cli.lists.printing import show
from junheng import bootstrap
from junheng.adapters import clock
from junheng.domain.judging import unit_words
from junheng.domain.judging.distances import Gap
from junheng.domain.judging.findings import Finding, Verdict
from junheng.domain.judging.unit_words import UnitNames
from junheng.domain.standard.standard import Rule
from junheng.rulebook import Rulebook
from junheng.store import findings as findings_store
from junheng.store import submissions as submissions_store
from junheng.store.rows import stored_id
from tasks.judging import overview
from tasks.judging.overview import Which


@dataclass(frozen=True, slots=True)
class _Judged:
    """An evaluation with the rules and names that are needed to print its findings."""

    found: tuple[Finding, ...]
    rules: Mapping[str, Rule]
    names: UnitNames
    rulebook: Rulebook

    @classmethod
    def of(cls, year: int, which: Which) -> Self:
        rulebook = bootstrap.rulebook()
        with bootstrap.session() as session:
            judged = overview.evaluation_of(session, rulebook, year, which)
            found = findings_store.of_evaluation(session, stored_id(judged))
            rules = {rule.id: rule for rule in findings_store.rules(session, judged)}
            schools = submissions_store.register_of(session, judged.register_collection_id)
        called = {school.code: school.name for school in schools}
        names = overview.unit_names(rulebook, called, clock.today())
        return cls(found, rules, names, rulebook)

    def unit(self, finding: Finding) -> str:
        return self.names.unit(finding, self.rules[finding.indicator].line.per)


def verdicts(year: int, how: Format, which: Which, *, everything: bool) -> None:
    """Print a year's verdicts; with `everything`, also those that are not applicable."""
    judged = _Judged.of(year, which)
    shown = [
        finding
        for finding in judged.found
        if everything or finding.verdict is not Verdict.NOT_APPLICABLE
    ]
    columns = ("indicator", "unit", "value", "verdict")
    match how:
        case Format.CSV:
            rows = [
                (finding.indicator, finding.unit, _number(finding), finding.verdict.value)
                for finding in shown
            ]
            show(columns, rows, how, headings=columns)
        case Format.TABLE:
            table = [_verdict_row(finding, judged) for finding in shown]
            show(columns, table, how, headings=judged.rulebook.wording.listings.verdicts)
            _print_counts(judged.found, judged.rulebook)


DISTANCE_COLUMNS = ("indicator", "unit", "name", "amount", "measured_in", "direction", "places")


def distances(year: int, how: Format, which: Which) -> None:
    """Print the distance of each failing unit from the threshold: a row for each gap."""
    judged = _Judged.of(year, which)
    gaps = [(finding, gap) for finding in judged.found for gap in finding.gaps]
    match how:
        case Format.CSV:
            rows = [_distance_csv(finding, gap) for finding, gap in gaps]
            show(DISTANCE_COLUMNS, rows, how, headings=DISTANCE_COLUMNS)
        case Format.TABLE:
            wording = judged.rulebook.wording
            rows = [
                (
                    finding.indicator,
                    judged.unit(finding),
                    unit_words.distance(gap, wording.units.distance),
                )
                for finding, gap in gaps
            ]
            show(DISTANCE_COLUMNS, rows, how, headings=wording.listings.distances)


def _distance_csv(finding: Finding, gap: Gap) -> tuple[object, ...]:
    direction = "over" if gap.is_excess else "short"
    amount = unit_words.number(gap.amount).replace(",", "")
    return (finding.indicator, finding.unit, gap.name, amount, gap.unit, direction, gap.places)


def _number(finding: Finding) -> str:
    return "" if finding.value is None else repr(finding.value)


def _verdict_row(finding: Finding, judged: _Judged) -> tuple[str, ...]:
    rule, wording = judged.rules[finding.indicator], judged.rulebook.wording.units
    is_short = finding.verdict is Verdict.NOT_MET
    return (
        finding.indicator,
        judged.unit(finding),
        unit_words.value(finding.value, rule, apart_from=finding.threshold if is_short else None),
        "" if finding.value is None else unit_words.threshold(finding.threshold, rule, wording),
        judged.rulebook.wording.artifacts.verdict[finding.verdict],
        unit_words.distances(finding, wording.distance),
    )


def _print_counts(found: Iterable[Finding], rulebook: Rulebook) -> None:
    names = rulebook.wording.artifacts.verdict
    counts = Counter(finding.verdict for finding in found)
    parts = (f"{names[verdict]} {counts[verdict]}" for verdict in Verdict)
    Console().print("，".join(parts))
