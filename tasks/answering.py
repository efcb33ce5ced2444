"""Puts the district's overall answer into sentences, for the terminal, the report and the UI."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from junheng.domain import units
from junheng.domain.findings import Finding
from junheng.domain.recognition import Recognition
from junheng.domain.standard import Grain, Line
from junheng.domain.units import UnitNames
from junheng.rulebook import Rulebook

MOST_UNITS_NAMED = 3


@dataclass(frozen=True, slots=True)
class Answering:
    """Says an overall answer in the words of config/wording/recognition.yaml."""

    rulebook: Rulebook
    names: UnitNames

    @property
    def says(self) -> Mapping[str, Any]:
        return self.rulebook.wording["recognition"]

    @property
    def _lines(self) -> Mapping[str, Line]:
        return {line.id: line for line in self.rulebook.standard.lines}

    def overall(self, answer: Recognition) -> str:
        count = sum(one.answer is answer.answer for one in answer.conditions)
        return str(self.says["overall"][answer.answer.value].format(count=count))

    def blocking(self, answer: Recognition) -> list[str]:
        """Return what stands in the way, a sentence for each line, the vetoes first."""
        lines = self._lines
        return [
            self._blocking(lines[indicator], found)
            for one in answer.conditions
            for indicator, found in _by_line(one.not_met).items()
        ]

    def _blocking(self, line: Line, found: list[Finding]) -> str:
        if line.per is Grain.DISTRICT:
            return str(self.says["blocking_one"].format(line=units.line_name(line)))
        named = "、".join(self.names.unit(one, line.per) for one in found[:MOST_UNITS_NAMED])
        if len(found) > MOST_UNITS_NAMED:
            named = self.says["some"].format(units=named)
        name = units.line_name(line)
        return str(self.says["blocking"].format(line=name, count=len(found), units=named))

    def pending(self, answer: Recognition) -> list[str]:
        """Return what cannot be said yet, a sentence for each line."""
        lines = self._lines
        return [
            str(
                self.says["pending"].format(
                    line=units.line_name(lines[indicator]), count=len(found)
                )
            )
            for one in answer.conditions
            for indicator, found in _by_line(one.unknown).items()
        ]


def _by_line(found: Iterable[Finding]) -> Mapping[str, list[Finding]]:
    by_line: dict[str, list[Finding]] = {}
    for finding in found:
        by_line.setdefault(finding.indicator, []).append(finding)
    return by_line
