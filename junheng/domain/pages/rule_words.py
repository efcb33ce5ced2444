"""A rule in words: its formula, requirement and applicability."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from junheng.domain.intake.forms import DepartmentForm, SchoolForm
from junheng.domain.judging import stages, unit_words
from junheng.domain.known_answers import PRIMARY
from junheng.domain.standard import measures
from junheng.domain.standard.standard import Edition, Grain, Holds, Line, MeasuredThreshold, Rule
from junheng.wording.judging.figures import FigureNames
from junheng.wording.judging.units import UnitWords


@dataclass(frozen=True, slots=True)
class RuleWords:
    """Describes rules; `figures` and `wording` are figures.yaml and units.yaml."""

    school_form: SchoolForm
    department_form: DepartmentForm
    figures: FigureNames
    wording: UnitWords

    def formula(self, line: Line, edition: Edition) -> str:
        """Return the formula of a line, with the names of figures."""
        if edition.of:
            names = "、".join(of if isinstance(of, str) else str(of.line) for of in edition.of)
            if stages.is_grouped(edition):
                return f"{stages.GROUPED[edition.measure].formula}（x/P：{names}）"
            return f"{self.figures.of(edition.measure)}（{names}）"
        own = stages.section_edition(edition) if stages.is_grouped(edition) else edition
        formula = self.in_words(line.per, own.measure, own.with_)
        return f"Σ：{formula}" if stages.is_grouped(edition) else formula

    def in_words(self, per: Grain, name: str, parameters: Mapping[str, Any]) -> str:
        template = measures.named(name).formula_with(parameters)
        return template.format_map(_Named(self, per))

    def asked(self, rule: Rule) -> str:
        """Return the requirement of a line: its threshold, additional condition and note."""
        return "；".join(
            text for text in (self._threshold(rule), self.beside(rule), rule.edition.note) if text
        )

    def _threshold(self, rule: Rule) -> str:
        edition = rule.edition
        if isinstance(edition.threshold, MeasuredThreshold):
            threshold = edition.threshold
            formula = self.in_words(rule.line.per, threshold.measure, threshold.with_)
            return f"{self.wording.holds[edition.holds]}{formula}"
        if edition.holds is Holds.IS_TRUE:
            return unit_words.wanted(edition.measure, edition.with_, self.wording)
        if isinstance(edition.threshold, dict):
            return "；".join(
                f"{self._kind(kind)}{unit_words.threshold(limit, rule, self.wording)}"
                for kind, limit in edition.threshold.items()
            )
        return unit_words.threshold(edition.threshold, rule, self.wording)

    def _kind(self, kind: str) -> str:
        called = self.wording.kinds.get(kind)
        return kind if called is None else called

    def beside(self, rule: Rule) -> str:
        """Return the additional condition of a line, '' if it has none."""
        edition = rule.edition
        if edition.also is None:
            return ""
        if (named := self.figures.get(edition.also)) is not None:
            return named
        formula = self.in_words(rule.line.per, edition.also, edition.also_with)
        return f"{formula}{unit_words.wanted(edition.also, edition.also_with, self.wording)}"

    def applies(self, rule: Rule) -> str:
        """Return the units that a line applies to, '' if it applies to all."""
        edition = rule.edition
        template = self.wording.applies.get(edition.applies or "") or ""
        return template.format(**edition.applies_with)

    def label(self, per: Grain, key: str) -> str:
        """Return the name of a column, independent of a unit."""
        if per in (Grain.SECTION, Grain.STAGE):
            if (of_section := self.wording.sections.get(key)) is not None:
                return of_section
            staged = self.school_form.by_key.get(f"{key}_primary")
            if staged is not None:
                return staged.label.replace(f"（{PRIMARY}）", "").removeprefix(PRIMARY)
        item = self.school_form.by_key.get(key) or self.department_form.by_key.get(key)
        if item is not None:
            return item.label
        return self.figures.get(key) or self.department_form.project_columns.get(key, key)


class _Named(dict[str, str]):
    """The names of columns, looked up when a formula needs them."""

    def __init__(self, words: RuleWords, per: Grain) -> None:
        super().__init__()
        self._words, self._per = words, per

    def __missing__(self, key: str) -> str:
        return self._words.label(self._per, key)
