"""Traces of verdicts: the formula with its numbers, and the source of each number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw

from junheng.domain.judging import composite, stages, thresholds
from junheng.domain.judging.coefficients import deviations
from junheng.domain.judging.findings import Finding, Verdict
from junheng.domain.judging.lineage import FigureKey, Lineage
from junheng.domain.judging.thresholds import Frame
from junheng.domain.judging.unit_words import number
from junheng.domain.standard import measures
from junheng.domain.standard.standard import Edition, Grain, Rule
from junheng.wording.judging.figures import FigureNames


@dataclass(frozen=True, slots=True)
class TracedFigure:
    """One number or answer that a verdict depends on; `unit` is the unit that reported it."""

    unit: str
    label: str
    shown: str
    keys: tuple[FigureKey, ...]


@dataclass(frozen=True, slots=True)
class TracedLine:
    """One line within a combined line: its value and threshold for the unit."""

    indicator: str
    value: float
    bound: float
    is_held: bool


@dataclass(frozen=True, slots=True)
class SectionShare:
    """One section of its stage's value; `share` is its part of the coefficient (sum: 1)."""

    unit: str
    value: float
    weight: float
    share: float


@dataclass(frozen=True, slots=True)
class Trace:
    """One finding with its formula, numbers and figures.

    `formula` is in words, `worked` with numbers; `per_section` is the formula of one section's
    contribution to a stage's value.
    """

    finding: Finding
    rule: Rule
    formula: str
    worked: str
    figures: tuple[TracedFigure, ...]
    per_section: str = ""
    lines: tuple[TracedLine, ...] = ()
    shares: tuple[SectionShare, ...] = ()


@dataclass(frozen=True, slots=True)
class Tracer:
    """Traces findings, with the frames they were judged on and the names of figures."""

    frames: Mapping[Grain, Frame]
    lineage: Lineage
    labels: FigureNames

    def trace(self, finding: Finding, rule: Rule) -> Trace:
        """Return the trace of a finding; it is empty for a rule that raised an error."""
        edition = rule.edition
        if finding.verdict is Verdict.NOT_JUDGED:
            return Trace(finding, rule, "", "", ())
        if stages.is_grouped(edition):
            return self._stage(finding, rule)
        (row,) = self._rows(edition, rule.line.per, (finding.unit,))
        if composite.is_combined(edition):
            return self._combined(finding, rule, row)
        formula = _formula(edition)
        named = self._named(rule.line.per, row, edition)
        numbers = {key: self._shown(rule.line.per, row, key) for key in _columns(edition)}
        numbers |= _parts(edition, row)
        worked = formula.format_map(_Known(numbers))
        if finding.value is not None and worked != number(finding.value):
            worked += f" = {number(finding.value)}"
        return Trace(
            finding,
            rule,
            formula.format_map(_Known(named)),
            worked,
            self._figures(rule.line.per, row, _columns(edition)),
        )

    def _rows(
        self, edition: Edition, grain: Grain, units: Sequence[str]
    ) -> tuple[Mapping[str, Any], ...]:
        own = thresholds.among(edition, self.frames[grain])
        own = own.filter(nw.col("unit").is_in(list(units)))
        return tuple(own.iter_rows(named=True))

    def _combined(self, finding: Finding, rule: Rule, row: Mapping[str, Any]) -> Trace:
        edition = rule.edition
        own = self.frames[rule.line.per].filter(nw.col("unit") == finding.unit)
        (held,) = composite.held_frame(edition, own).iter_rows(named=True)
        lines = tuple(
            TracedLine(
                str(line.line),
                held[f"value_{position}"],
                held[f"bound_{position}"],
                _is_held(line, held[f"value_{position}"], held[f"bound_{position}"]),
            )
            for position, line in enumerate(edition.editions_of)
            if finding.value is not None
        )
        met = number(finding.value) if finding.value is not None else ""
        return Trace(
            finding,
            rule,
            self.labels.of(edition.measure),
            met,
            self._figures(rule.line.per, row, thresholds.figures(edition)),
            lines=lines,
        )

    def _stage(self, finding: Finding, rule: Rule) -> Trace:
        edition, own = rule.edition, stages.section_edition(rule.edition)
        district, _, stage = finding.unit.partition(":")
        sections = stages.sections_of(edition, self.frames[Grain.STAGE]).filter(
            (nw.col("district_code") == district)
            & (nw.col("stage") == stage)
            & nw.col("is_counted")
        )
        shares = _coefficient_shares(sections) if edition.of else _pooled_shares(sections)
        units = [share.unit for share in shares]
        rows = self._rows(own, Grain.STAGE, units)
        value = "" if finding.value is None else f" = {number(finding.value)}"
        return Trace(
            finding,
            rule,
            stages.GROUPED[edition.measure].formula,
            _worked_stage(edition, sections) + value,
            tuple(
                figure
                for row in rows
                for figure in self._figures(Grain.STAGE, row, thresholds.figures(own))
            ),
            per_section=_formula(own).format_map(_Known(self._named(Grain.STAGE, rows[0], own)))
            if rows
            else "",
            shares=shares,
        )

    def _figures(
        self, grain: Grain, row: Mapping[str, Any], columns: Sequence[str]
    ) -> tuple[TracedFigure, ...]:
        return tuple(
            TracedFigure(
                str(row["unit"]),
                self._label(grain, row, column),
                self._shown(grain, row, column),
                self.lineage.of(grain, row, column),
            )
            for column in columns
        )

    def _named(self, grain: Grain, row: Mapping[str, Any], edition: Edition) -> dict[str, str]:
        columns = dict.fromkeys((*_columns(edition), *_part_names(edition)))
        return {column: self._label(grain, row, column) for column in columns}

    def _label(self, grain: Grain, row: Mapping[str, Any], column: str) -> str:
        item = self.lineage.item(grain, row, column)
        if item is not None:
            return item.label
        printed = self.lineage.department_form.project_columns
        return self.labels.get(column) or printed.get(column, column)

    def _shown(self, grain: Grain, row: Mapping[str, Any], column: str) -> str:
        value = row[column]
        if value is None or value != value:  # noqa: PLR0124  (NaN is what pandas has for null)
            return self.labels.not_reported
        if isinstance(value, str):
            return value
        item = self.lineage.item(grain, row, column)
        is_answer = (
            column in ANSWERED
            or column in self.lineage.department_form.project_columns
            or (item is not None and not item.is_number)
        )
        if not is_answer:
            return number(value)
        return self.labels.yes if value else self.labels.no


# Columns of 1 and 0 that are not items of a form.
ANSWERED = frozenset({"has_evidence", "is_received"})


class _Known(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return key


def _formula(edition: Edition) -> str:
    return measures.named(edition.measure).formula_with(edition.with_)


def _columns(edition: Edition) -> tuple[str, ...]:
    """Return every column a line uses: its figures, and those that choose its threshold."""
    return tuple(dict.fromkeys((*thresholds.figures(edition), *thresholds.bound_figures(edition))))


def _part_names(edition: Edition) -> tuple[str, ...]:
    return tuple(measures.named(edition.measure).parts)


def _parts(edition: Edition, row: Mapping[str, Any]) -> dict[str, str]:
    parts = measures.named(edition.measure).parts
    if not parts:
        return {}
    frame = nw.from_dict({name: [value] for name, value in row.items()}, backend="pandas")
    values = frame.select(**{name: part(**edition.with_) for name, part in parts.items()})
    return {name: number(float(value)) for name, value in values.rows(named=True)[0].items()}


def _is_held(edition: Edition, value: float, bound: float) -> bool:
    frame = nw.from_dict({"value": [value], "bound": [bound]}, backend="pandas")
    reached = thresholds.reach(edition.holds, nw.col("bound"))
    held = thresholds.compared(edition.holds, nw.col("value"), reached)
    return bool(frame.select(held=held)["held"][0])


def _coefficient_shares(sections: Frame) -> tuple[SectionShare, ...]:
    rows = deviations(sections).select(
        "unit", "ratio", "squared", weight=nw.col("pupils") / nw.col("all_pupils")
    )
    total = float(rows["squared"].sum())
    shares = (
        SectionShare(unit, ratio, weight, squared / total if total else 0.0)
        for unit, ratio, squared, weight in rows.iter_rows()
    )
    return tuple(sorted(shares, key=lambda section: -section.share))


def _pooled_shares(sections: Frame) -> tuple[SectionShare, ...]:
    """Return each section's own share, and its part of the total shortfall."""
    missing = float((sections["below"] - sections["above"]).sum())
    total = float(sections["below"].sum())
    shares = (
        SectionShare(
            unit, above / below, below / total, (below - above) / missing if missing else 0.0
        )
        for unit, above, below in sections.select("unit", "above", "below").iter_rows()
    )
    return tuple(sorted(shares, key=lambda section: -section.share))


def _worked_stage(edition: Edition, sections: Frame) -> str:
    if sections.is_empty():
        return ""
    if not edition.of:
        above, below = (float(sections[name].sum()) for name in ("above", "below"))
        return f"{number(above)} ÷ {number(below)}"
    spread = deviations(sections)
    deviation = float(spread["squared"].sum()) ** 0.5
    return f"{number(deviation)} ÷ {number(float(spread['mean'][0]))}"
