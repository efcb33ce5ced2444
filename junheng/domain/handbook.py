"""The standard as a page to read: every line in words, out of config alone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from junheng.domain import measures, stages, units
from junheng.domain.forms import DepartmentForm, SchoolForm
from junheng.domain.recognition import Condition
from junheng.domain.standard import Edition, Grain, Line, MeasuredThreshold, Rule, Standard

Phrases = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Handbook:
    """Renders the standard: `figures`, `units_said` and `says` are files of config/wording."""

    standard: Standard
    conditions: Sequence[Condition]
    school_form: SchoolForm
    department_form: DepartmentForm
    figures: Phrases
    units_said: Phrases
    says: Phrases

    def markdown(self) -> str:
        """Return the whole page."""
        parts = [f"# {self.says['title']}", self.says["intro"].strip(), self._conditions()]
        by_group: dict[str, list[Line]] = {}
        for line in self.standard.lines:
            by_group.setdefault(line.group, []).append(line)
        for group, lines in by_group.items():
            parts += [f"## {group}", _table(self.says["columns"], self._rows(lines))]
        return "\n\n".join(parts) + "\n"

    def _conditions(self) -> str:
        rows = [
            (one.name, "、".join("和".join(item) for item in one.items)) for one in self.conditions
        ]
        heading = f"## {self.says['conditions']['heading']}\n\n"
        return heading + _table(self.says["conditions"]["columns"], rows)

    def _rows(self, lines: Iterable[Line]) -> list[tuple[str, ...]]:
        return [self._row(line, edition) for line in lines for edition in line.editions]

    def _row(self, line: Line, edition: Edition) -> tuple[str, ...]:
        rule = Rule(line=line, edition=edition)
        until = f"{edition.until}" if edition.until else ""
        return (
            line.id,
            line.name,
            self.says["grains"][line.per.value],
            self._formula(line, edition),
            self._asked(rule),
            self.says["in_force"].format(first_day=edition.from_, last_day=until),
            rule.clause,
            "、".join(map(str, line.plan_tasks)),
            self.says["severities"][line.severity.value],
        )

    def _formula(self, line: Line, edition: Edition) -> str:
        if edition.of:
            names = "、".join(map(str, edition.of))
            if stages.is_grouped(edition):
                return f"{stages.GROUPED[edition.measure].formula}（x/P：{names}）"
            return f"{self.figures[edition.measure]}（{names}）"
        own = stages.section_edition(edition) if stages.is_grouped(edition) else edition
        formula = self._in_words(line.per, own.measure, own.with_)
        return f"Σ：{formula}" if stages.is_grouped(edition) else formula

    def _in_words(self, per: Grain, name: str, parameters: Mapping[str, Any]) -> str:
        template = measures.named(name).formula_with(parameters)
        return template.format_map(_Named(self, per))

    def _asked(self, rule: Rule) -> str:
        edition = rule.edition
        asked = units.asked(rule, self.units_said)
        if isinstance(edition.threshold, MeasuredThreshold):
            threshold = edition.threshold
            said = self._in_words(rule.line.per, threshold.measure, threshold.with_)
            asked = f"{self.units_said['holds'][edition.holds.value]} {said}"
        beside = self._beside(rule)
        applies = self.says["applies"].get(edition.applies or "", "")
        applies = applies.format(**edition.applies_with) if applies else ""
        return "；".join(text for text in (asked, beside, applies) if text)

    def _beside(self, rule: Rule) -> str:
        edition = rule.edition
        if edition.also is None:
            return ""
        if edition.also in self.figures:
            return str(self.figures[edition.also])
        said = self._in_words(rule.line.per, edition.also, edition.also_with)
        answer = self.units_said["answers"][edition.also]
        return str(self.says["beside"].format(said=said, answer=answer))

    def label(self, per: Grain, key: str) -> str:
        """Return what a column is called where it belongs to no one unit."""
        if per in (Grain.SECTION, Grain.STAGE):
            staged = self.school_form.by_key.get(f"{key}_primary")
            if staged is not None:
                return staged.label.replace("（小学）", "").removeprefix("小学")
        item = self.school_form.by_key.get(key) or self.department_form.by_key.get(key)
        if item is not None:
            return item.label
        return str(self.figures.get(key) or self.department_form.project_columns.get(key, key))


class _Named(dict[str, str]):
    """The names of columns, looked up when a formula asks for them."""

    def __init__(self, handbook: Handbook, per: Grain) -> None:
        super().__init__()
        self._handbook, self._per = handbook, per

    def __missing__(self, key: str) -> str:
        return self._handbook.label(self._per, key)


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '／') for cell in row)} |" for row in lines)
