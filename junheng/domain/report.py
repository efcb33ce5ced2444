"""The verdict report as a reader sees it: every number already a word, nothing left to compute."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from junheng.domain import units
from junheng.domain.findings import Finding, Verdict
from junheng.domain.rule_words import RuleWords
from junheng.domain.standard import Grain, Holds, Rule, Severity
from junheng.domain.units import UnitNames

Phrases = Mapping[str, Any]
RATIOS = ("R1", "R2", "R3", "R4", "R5", "R6", "R7")
TOGETHER = "R"
FLOOR = 0.85


@dataclass(frozen=True, slots=True)
class GroupCount:
    """One group of the standard: its lines, those that everybody meets, verdicts by unit."""

    name: str
    lines: int
    met: int
    units: Mapping[Verdict, int]


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One ratio of one section: how it stands to its line, and its value in words."""

    standing: str
    text: str


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One section of a school against the seven lines, and all of them together."""

    unit: str
    cells: tuple[HeatCell, ...]
    together: HeatCell


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
    """Puts findings into words: with the rules they were judged by and the names of units."""

    rules: Sequence[Rule]
    names: UnitNames
    words: RuleWords

    @property
    def phrases(self) -> Phrases:
        return self.words.phrases

    def lines(self, findings: Iterable[Finding]) -> tuple[LineReport, ...]:
        """Return every line that was judged, in the order of the standard."""
        by_line = _by_line(findings)
        return tuple(
            self._line(rule, by_line[rule.id]) for rule in self.rules if rule.id in by_line
        )

    def _line(self, rule: Rule, found: Sequence[Finding]) -> LineReport:
        failing = (one for one in found if one.verdict is Verdict.NOT_MET)
        return LineReport(
            rule.id,
            rule.line.name,
            rule.line.group,
            rule.line.severity,
            rule.clause,
            self.words.asked(rule),
            Counter(one.verdict for one in found),
            tuple(self._failing(rule, one) for one in failing),
        )

    def _failing(self, rule: Rule, finding: Finding) -> FailingUnit:
        return FailingUnit(
            self.names.unit(finding, rule.line.per),
            units.value(finding.value, rule, apart_from=finding.threshold),
            "" if finding.value is None else units.threshold(finding.threshold, rule, self.phrases),
            units.distances(finding, self.phrases) or self._unmet(rule, finding),
        )

    def _unmet(self, rule: Rule, finding: Finding) -> str:
        """Return what a unit without a distance was asked: an answer, or what stands beside."""
        if rule.edition.holds is Holds.IS_TRUE:
            return self.words.asked(rule)
        return self.words.beside(rule) if finding.value is not None else ""

    def heat(self, findings: Iterable[Finding], says: Phrases) -> tuple[HeatRow, ...]:
        """Return each section against the seven lines; those out of R are left out."""
        rules = {rule.id: rule for rule in self.rules}
        wanted = {*RATIOS, TOGETHER}
        by_unit: dict[str, dict[str, Finding]] = {}
        for finding in findings:
            if finding.indicator in wanted:
                by_unit.setdefault(finding.unit, {})[finding.indicator] = finding
        return tuple(
            HeatRow(
                self.names.unit(own[TOGETHER], Grain.SECTION),
                tuple(_heat_cell(own[line], rules[line], says) for line in RATIOS if line in own),
                _together_cell(own[TOGETHER], says),
            )
            for own in by_unit.values()
            if TOGETHER in own and own[TOGETHER].verdict is not Verdict.NOT_APPLICABLE
        )


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
    return GroupCount(name, len(lines), sum(is_met(line.counts) for line in lines), counts)


def is_met(counts: Mapping[Verdict, int]) -> bool:
    """Return whether everybody who was asked answered, and met the line."""
    others = (Verdict.NOT_MET, Verdict.NOT_REPORTED, Verdict.NOT_JUDGED)
    return not any(counts.get(verdict, 0) for verdict in others)


def _by_line(findings: Iterable[Finding]) -> Mapping[str, list[Finding]]:
    by_line: dict[str, list[Finding]] = {}
    for finding in findings:
        by_line.setdefault(finding.indicator, []).append(finding)
    return by_line


def _heat_cell(finding: Finding, rule: Rule, says: Phrases) -> HeatCell:
    standing = _standing(finding)
    mark = says["marks"][standing]
    if finding.value is None:
        return HeatCell(standing, mark)
    apart_from = None if standing == "met" else finding.threshold
    return HeatCell(standing, f"{units.value(finding.value, rule, apart_from=apart_from)} {mark}")


def _together_cell(finding: Finding, says: Phrases) -> HeatCell:
    standing = "below" if finding.verdict is Verdict.NOT_MET else _standing(finding)
    if finding.value is None:
        return HeatCell(standing, says["marks"][standing])
    met = says["lines_met"].format(count=units.number(finding.value, 0))
    return HeatCell(standing, f"{met} {says['marks'][standing]}")


def _standing(finding: Finding) -> str:
    match finding.verdict:
        case Verdict.MET:
            return "met"
        case Verdict.NOT_MET:
            value, threshold = finding.value or 0.0, finding.threshold or 0.0
            return "near" if value >= threshold * FLOOR else "below"
        case Verdict.NOT_REPORTED | Verdict.NOT_APPLICABLE | Verdict.NOT_JUDGED:
            return finding.verdict.value
