"""The content of the verdict report: all numbers as text, ready to render."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf

from junheng.domain.judging import composite
from junheng.domain.judging import unit_words as units
from junheng.domain.judging.findings import Finding, Verdict, by_line, everybody_meets
from junheng.domain.judging.thresholds import TOLERANCE
from junheng.domain.judging.unit_words import UnitNames
from junheng.domain.pages.rule_words import RuleWords
from junheng.domain.standard.standard import Grain, Holds, Rule, Severity
from junheng.wording.judging.report import HeatStandings, HeatWords


@dataclass(frozen=True, slots=True)
class GroupCount:
    """One group of the standard: its lines, the lines met by all units, and verdict counts."""

    name: str
    lines: int
    met: int
    units: Mapping[Verdict, int]


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One ratio of one section: its standing (met, near, below or a verdict) and its value."""

    standing: str
    text: str


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One section of a school: its seven lines, and the combined line."""

    unit: str
    cells: tuple[HeatCell, ...]
    together: HeatCell


@dataclass(frozen=True, slots=True)
class Heat:
    """The heat map of sections by lines: `lines` are its columns."""

    lines: tuple[str, ...]
    rows: tuple[HeatRow, ...]


@dataclass(frozen=True, slots=True)
class FailingUnit:
    """One unit that does not meet a line, with its distance to it."""

    name: str
    value: str
    threshold: str
    distance: str


@dataclass(frozen=True, slots=True)
class LineReport:
    """One line with its counts and the units that do not meet it."""

    id: str
    name: str
    group: str
    severity: Severity
    clause: str
    asked: str
    counts: Mapping[Verdict, int]
    failing: tuple[FailingUnit, ...]


@dataclass(frozen=True, slots=True)
class ReportBuilder:
    """Describes findings, with their rules and the names of units."""

    rules: Sequence[Rule]
    names: UnitNames
    words: RuleWords

    def lines(self, findings: Iterable[Finding]) -> tuple[LineReport, ...]:
        """Return every judged line, in the order of the standard."""
        found = by_line(findings)
        return tuple(self._line(rule, found[rule.id]) for rule in self.rules if rule.id in found)

    def _line(self, rule: Rule, found: Sequence[Finding]) -> LineReport:
        failing = (finding for finding in found if finding.verdict is Verdict.NOT_MET)
        return LineReport(
            rule.id,
            rule.line.name,
            rule.line.group,
            rule.line.severity,
            rule.clause,
            self.words.asked(rule),
            Counter(finding.verdict for finding in found),
            tuple(self._failing(rule, finding) for finding in failing),
        )

    def _failing(self, rule: Rule, finding: Finding) -> FailingUnit:
        return FailingUnit(
            self.names.unit(finding, rule.line.per),
            units.value(finding.value, rule, apart_from=finding.threshold),
            "" if finding.value is None else self._threshold(rule, finding),
            units.distances(finding, self.words.wording.distance) or self._unmet(rule, finding),
        )

    def _threshold(self, rule: Rule, finding: Finding) -> str:
        return units.threshold(finding.threshold, rule, self.words.wording)

    def _unmet(self, rule: Rule, finding: Finding) -> str:
        """Return the unmet requirement of a unit without a distance."""
        if rule.edition.holds is Holds.IS_TRUE:
            return self.words.asked(rule)
        return self.words.beside(rule) if finding.value is not None else ""

    def heat(self, findings: Iterable[Finding], wording: HeatWords) -> Heat | None:
        """Return the heat map of the lines combined in "6 of 7", for applicable sections.

        None if no line in force combines others.
        """
        rules = {rule.id: rule for rule in self.rules}
        together = next((rule for rule in self.rules if composite.is_combined(rule.edition)), None)
        if together is None:
            return None
        parts = [str(part.line) for part in together.edition.editions_of]
        floor = float(together.edition.also_with["share"])
        by_unit: dict[str, dict[str, Finding]] = {}
        for finding in findings:
            if finding.indicator in (*parts, together.id):
                by_unit.setdefault(finding.unit, {})[finding.indicator] = finding
        rows = tuple(
            HeatRow(
                self.names.unit(own[together.id], Grain.SECTION),
                tuple(
                    _heat_cell(own[line], rules[line], floor, wording.marks)
                    for line in parts
                    if line in own
                ),
                _together_cell(own[together.id], wording),
            )
            for own in by_unit.values()
            if together.id in own and own[together.id].verdict is not Verdict.NOT_APPLICABLE
        )
        return Heat(tuple(parts), rows)


def groups(lines: Iterable[LineReport]) -> tuple[GroupCount, ...]:
    """Return the count of each group, in the order of the standard."""
    by_group: dict[str, list[LineReport]] = {}
    for line in lines:
        by_group.setdefault(line.group, []).append(line)
    return tuple(_group(name, own) for name, own in by_group.items())


def _group(name: str, lines: Sequence[LineReport]) -> GroupCount:
    counts: Counter[Verdict] = Counter()
    for line in lines:
        counts.update(line.counts)
    return GroupCount(name, len(lines), sum(everybody_meets(line.counts) for line in lines), counts)


def _heat_cell(finding: Finding, rule: Rule, floor: float, marks: HeatStandings) -> HeatCell:
    standing = _standing(finding, floor)
    mark = marks.of(standing)
    if finding.value is None:
        return HeatCell(standing, mark)
    apart_from = None if standing == "met" else finding.threshold
    return HeatCell(standing, f"{units.value(finding.value, rule, apart_from=apart_from)} {mark}")


def _together_cell(finding: Finding, wording: HeatWords) -> HeatCell:
    standing = _standing(finding, floor=inf)
    mark = wording.marks.of(standing)
    if finding.value is None:
        return HeatCell(standing, mark)
    met = wording.lines_met.format(count=units.number(finding.value, 0))
    return HeatCell(standing, f"{met} {mark}")


def _standing(finding: Finding, floor: float) -> str:
    match finding.verdict:
        case Verdict.MET:
            return "met"
        case Verdict.NOT_MET:
            value, threshold = finding.value or 0.0, finding.threshold or 0.0
            return "near" if value >= threshold * floor - TOLERANCE else "below"
        case Verdict.NOT_REPORTED | Verdict.NOT_APPLICABLE | Verdict.NOT_JUDGED:
            return finding.verdict.value
