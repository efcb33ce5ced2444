"""The standard as a page to read: every line in words, out of config alone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from junheng.domain.judging.recognition import Condition
from junheng.domain.pages.rule_words import RuleWords
from junheng.domain.standard.standard import Edition, Line, Rule, Standard
from junheng.wording import packaged

Phrases = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Handbook:
    """Renders the standard: `says` is handbook.yaml of config/wording."""

    standard: Standard
    conditions: Sequence[Condition]
    words: RuleWords
    says: Phrases

    def markdown(self) -> str:
        """Return the whole page."""
        parts = [f"# {self.says['title']}", self.says["intro"].strip(), self._conditions()]
        by_group: dict[str, list[Line]] = {}
        for line in self.standard.lines:
            by_group.setdefault(line.group, []).append(line)
        for group, lines in by_group.items():
            parts += [f"## {group}", table(self.says["columns"], self._rows(lines))]
        return "\n\n".join(parts) + "\n"

    def _conditions(self) -> str:
        says = packaged().pages
        rows = [
            (one.name, "、".join(says.joined_by.join(item) for item in one.items))
            for one in self.conditions
        ]
        heading = f"## {self.says['conditions']['heading']}\n\n"
        return heading + table(self.says["conditions"]["columns"], rows)

    def _rows(self, lines: Iterable[Line]) -> list[tuple[str, ...]]:
        return [self._row(line, edition) for line in lines for edition in line.editions]

    def _row(self, line: Line, edition: Edition) -> tuple[str, ...]:
        rule = Rule(line=line, edition=edition)
        until = packaged().pages.until.format(day=edition.until) if edition.until else ""
        asked = "；".join(
            text for text in (self.words.asked(rule), self.words.applies(rule)) if text
        )
        return (
            line.id,
            line.name,
            self.says["grains"][line.per.value],
            self.words.formula(line, edition),
            asked,
            self.says["in_force"].format(first_day=edition.from_, last_day=until).strip(),
            rule.clause,
            "、".join(map(str, line.plan_tasks)),
            self.says["severities"][line.severity.value],
        )


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of a page."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '／') for cell in row)} |" for row in lines)
