"""The standard as a page: every line in words, from config only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from junheng import wording
from junheng.domain.judging.recognition import Condition
from junheng.domain.pages.rule_words import RuleWords
from junheng.domain.standard.standard import Edition, Line, Rule, Standard
from junheng.wording.judging.handbook import HandbookWords


@dataclass(frozen=True, slots=True)
class Handbook:
    """Renders the standard; `wording` is config/wording/handbook.yaml."""

    standard: Standard
    conditions: Sequence[Condition]
    words: RuleWords
    wording: HandbookWords

    def markdown(self) -> str:
        """Return the whole page."""
        parts = [f"# {self.wording.title}", self.wording.intro.strip(), self._conditions()]
        by_group: dict[str, list[Line]] = {}
        for line in self.standard.lines:
            by_group.setdefault(line.group, []).append(line)
        for group, lines in by_group.items():
            parts += [f"## {group}", table(self.wording.columns, self._rows(lines))]
        return "\n\n".join(parts) + "\n"

    def _conditions(self) -> str:
        says = wording.packaged().pages
        rows = [
            (condition.name, "、".join(says.joined_by.join(item) for item in condition.items))
            for condition in self.conditions
        ]
        heading, columns = self.wording.conditions.heading, self.wording.conditions.columns
        return f"## {heading}\n\n{table(columns, rows)}"

    def _rows(self, lines: Iterable[Line]) -> list[tuple[str, ...]]:
        return [self._row(line, edition) for line in lines for edition in line.editions]

    def _row(self, line: Line, edition: Edition) -> tuple[str, ...]:
        rule = Rule(line=line, edition=edition)
        until = wording.packaged().pages.until.format(day=edition.until) if edition.until else ""
        asked = "；".join(
            text for text in (self.words.asked(rule), self.words.applies(rule)) if text
        )
        return (
            line.id,
            line.name,
            self.wording.grains[line.per],
            self.words.formula(line, edition),
            asked,
            self.wording.in_force.format(first_day=edition.from_, last_day=until).strip(),
            rule.clause,
            "、".join(map(str, line.plan_tasks)),
            self.wording.severities[line.severity],
        )


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '／') for cell in row)} |" for row in lines)
