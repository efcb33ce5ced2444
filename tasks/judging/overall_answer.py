"""Puts the district's overall answer into sentences, for the terminal, the report and the UI."""

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
    """Says an overall answer in the words of config/wording/recognition.yaml."""

    rulebook: Rulebook
    names: UnitNames

    @property
    def wording(self) -> RecognitionWords:
        return self.rulebook.wording.recognition

    @property
    def _lines(self) -> Mapping[str, Line]:
        return {line.id: line for line in self.rulebook.standard.lines}

    def overall(self, answer: Recognition) -> str:
        count = sum(one.answer is answer.answer for one in answer.conditions)
        return self.wording.overall[answer.answer].format(count=count)

    def blocking(self, answer: Recognition) -> list[str]:
        """Return what stands in the way, a sentence for each line, the vetoes first."""
        lines = self._lines
        return [
            self._blocking(lines[indicator], found)
            for one in answer.conditions
            for indicator, found in by_line(one.not_met).items()
        ]

    def _blocking(self, line: Line, found: list[Finding]) -> str:
        if line.per is Grain.DISTRICT:
            return self.wording.blocking_one.format(line=unit_words.line_name(line))
        named = "、".join(self.names.unit(one, line.per) for one in found[:MOST_UNITS_NAMED])
        if len(found) > MOST_UNITS_NAMED:
            named = self.wording.some.format(units=named)
        name = unit_words.line_name(line)
        return self.wording.blocking.format(line=name, count=len(found), units=named)

    def pending(self, answer: Recognition) -> list[str]:
        """Return what cannot be said yet and why, a sentence for each line."""
        return [
            self.wording.pending.format(
                line=unit_words.line_name(self._lines[indicator]), parts=self._parts(found)
            )
            for one in answer.conditions
            for indicator, found in by_line(one.unknown).items()
        ]

    def _parts(self, found: list[Finding]) -> str:
        counts, wording = Counter(one.verdict for one in found), self.wording.pending_parts
        parts = (
            (wording.missing, counts[Verdict.NOT_REPORTED]),
            (wording.not_judged, counts[Verdict.NOT_JUDGED]),
            (wording.not_applicable, counts[Verdict.NOT_APPLICABLE]),
        )
        return "，".join(sentence.format(count=count) for sentence, count in parts if count)

    def row(self, one: ConditionAnswer) -> tuple[object, ...]:
        """Return a condition's row under the columns of recognition.yaml."""
        return (one.condition.name, self.wording.answers[one.answer], *counts(one))


def counts(one: ConditionAnswer) -> tuple[int, ...]:
    """Return what a condition counts: all, met, not met, unknown; and the findings behind that."""
    return (
        len(one.answers),
        *(one.count(answer) for answer in Answer),
        one.unknown_for(Verdict.NOT_REPORTED),
        one.unknown_for(Verdict.NOT_JUDGED),
        len(one.not_applicable),
    )
