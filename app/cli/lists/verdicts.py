"""The lists of a year's verdicts, and of how far each failing unit is from the line."""

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
    """An evaluation with everything its findings are said with."""

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
    """Print a year's verdicts; units that a line does not concern only on demand."""
    judged = _Judged.of(year, which)
    shown = [one for one in judged.found if everything or one.verdict is not Verdict.NOT_APPLICABLE]
    columns = ("indicator", "unit", "value", "verdict")
    match how:
        case Format.CSV:
            rows = [(one.indicator, one.unit, _number(one), one.verdict.value) for one in shown]
            show(columns, rows, how, headings=columns)
        case Format.TABLE:
            said = [_verdict_row(one, judged) for one in shown]
            show(columns, said, how, headings=judged.rulebook.wording.listings.verdicts)
            _say_counts(judged.found, judged.rulebook)


DISTANCE_COLUMNS = ("indicator", "unit", "name", "amount", "measured_in", "direction", "places")


def distances(year: int, how: Format, which: Which) -> None:
    """Print how far each failing unit is from the line: a row for each thing it lacks."""
    judged = _Judged.of(year, which)
    gaps = [(one, gap) for one in judged.found for gap in one.gaps]
    match how:
        case Format.CSV:
            rows = [_distance_csv(finding, gap) for finding, gap in gaps]
            show(DISTANCE_COLUMNS, rows, how, headings=DISTANCE_COLUMNS)
        case Format.TABLE:
            wording = judged.rulebook.wording
            said = [
                (one.indicator, judged.unit(one), unit_words.distance(gap, wording.units.distance))
                for one, gap in gaps
            ]
            show(DISTANCE_COLUMNS, said, how, headings=wording.listings.distances)


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


def _say_counts(found: Iterable[Finding], rulebook: Rulebook) -> None:
    names = rulebook.wording.artifacts.verdict
    counts = Counter(one.verdict for one in found)
    parts = (f"{names[verdict]} {counts[verdict]}" for verdict in Verdict)
    Console().print("，".join(parts))
