"""Formats the district's overall answer as sentences, for the terminal, the report and the UI."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from junheng.domain.judging import unit_words
from junheng.domain.judging.findings import Finding, Verdict, by_line
from junheng.domain.judging.recognition import Answer, ConditionAnswer, Recognition
from junheng.domain.judging.unit_words import UnitNames
from junheng.domain.standard.standard import Grain, Line
from junheng.rulebook import Rulebook
from junheng.wording.judging.recognition import RecognitionWords

MOST_UNITS_NAMED = 3


@dataclass(frozen=True, slots=True)
class Answering:
    """Formats an overall answer with the texts of config/wording/recognition.yaml."""

    rulebook: Rulebook
    names: UnitNames

    @property
    def wording(self) -> RecognitionWords:
        return self.rulebook.wording.recognition

    @property
    def _lines(self) -> Mapping[str, Line]:
        return {line.id: line for line in self.rulebook.standard.lines}

    def overall(self, answer: Recognition) -> str:
        count = sum(condition.answer is answer.answer for condition in answer.conditions)
        return self.wording.overall[answer.answer].format(count=count)

    def blocking(self, answer: Recognition) -> list[str]:
        """Return a sentence for each line that blocks recognition, vetoes first."""
        lines = self._lines
        return [
            self._blocking(lines[indicator], found)
            for condition in answer.conditions
            for indicator, found in by_line(condition.not_met).items()
        ]

    def _blocking(self, line: Line, found: list[Finding]) -> str:
        if line.per is Grain.DISTRICT:
            return self.wording.blocking_one.format(line=unit_words.line_name(line))
        named = "、".join(
            self.names.unit(finding, line.per) for finding in found[:MOST_UNITS_NAMED]
        )
        if len(found) > MOST_UNITS_NAMED:
            named = self.wording.some.format(units=named)
        name = unit_words.line_name(line)
        return self.wording.blocking.format(line=name, count=len(found), units=named)

    def pending(self, answer: Recognition) -> list[str]:
        """Return a sentence for each line whose answer is unknown, with the reason."""
        return [
            self.wording.pending.format(
                line=unit_words.line_name(self._lines[indicator]), parts=self._parts(found)
            )
            for condition in answer.conditions
            for indicator, found in by_line(condition.unknown).items()
        ]

    def _parts(self, found: list[Finding]) -> str:
        counts, wording = Counter(finding.verdict for finding in found), self.wording.pending_parts
        parts = (
            (wording.missing, counts[Verdict.NOT_REPORTED]),
            (wording.not_judged, counts[Verdict.NOT_JUDGED]),
            (wording.not_applicable, counts[Verdict.NOT_APPLICABLE]),
        )
        return "，".join(sentence.format(count=count) for sentence, count in parts if count)

    def row(self, answer: ConditionAnswer) -> tuple[object, ...]:
        """Return a condition's row under the columns of recognition.yaml."""
        return (answer.condition.name, self.wording.answers[answer.answer], *counts(answer))


def counts(condition: ConditionAnswer) -> tuple[int, ...]:
    """Return the counts of a condition: all, met, not met, unknown; unknown by verdict."""
    return (
        len(condition.answers),
        *(condition.count(answer) for answer in Answer),
        condition.unknown_for(Verdict.NOT_REPORTED),
        condition.unknown_for(Verdict.NOT_JUDGED),
        len(condition.not_applicable),
    )
