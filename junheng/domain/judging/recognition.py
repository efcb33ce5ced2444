"""The district's recognition: which conditions hold and which findings prevent it.

教督〔2017〕6号: a district is recognised by all of them together; one veto is enough to refuse it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pydantic import Field

from junheng.domain.judging.findings import Finding, Verdict
from junheng.values import Frozen


class Counted(StrEnum):
    """The things that a condition counts: every unit of its lines, or its numbered items."""

    UNITS = "units"
    ITEMS = "items"


class Condition(Frozen):
    """One condition for recognition: the lines that must be met, by item."""

    name: str
    counted: Counted
    # If the condition is itself a figure, "not applicable" (nothing to divide by) is unknown.
    must_be_measured: bool = False
    items: tuple[tuple[str, ...], ...] = Field(min_length=1)

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(line for item in self.items for line in item)


class Answer(StrEnum):
    """Whether something holds; `unknown` if reports are missing or a rule raised an error."""

    HOLDS = "holds"
    DOES_NOT_HOLD = "does_not_hold"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ConditionAnswer:
    """One condition's answers, one for each thing it counts, and the findings that prevent it.

    `not_met` are the failing findings, `unknown` those without a verdict yet.
    """

    condition: Condition
    answers: tuple[Answer, ...]
    not_met: tuple[Finding, ...]
    unknown: tuple[Finding, ...]
    not_applicable: tuple[Finding, ...]

    def unknown_for(self, verdict: Verdict) -> int:
        """Return how many of the unknown findings have a verdict."""
        return sum(finding.verdict is verdict for finding in self.unknown)

    @property
    def answer(self) -> Answer:
        return together(self.answers)

    def count(self, answer: Answer) -> int:
        return self.answers.count(answer)


@dataclass(frozen=True, slots=True)
class Recognition:
    """The overall answer of one evaluation."""

    conditions: tuple[ConditionAnswer, ...]

    @property
    def answer(self) -> Answer:
        return together(condition.answer for condition in self.conditions)


def together(answers: Iterable[Answer]) -> Answer:
    """Return the conjunction of answers: one that fails decides, then one that is unknown.

    No answers at all are unknown: a line that was never judged is not met.
    """
    known = set(answers) or {Answer.UNKNOWN}
    for answer in (Answer.DOES_NOT_HOLD, Answer.UNKNOWN):
        if answer in known:
            return answer
    return Answer.HOLDS


ANSWERS = {
    Verdict.MET: Answer.HOLDS,
    Verdict.NOT_MET: Answer.DOES_NOT_HOLD,
    Verdict.NOT_REPORTED: Answer.UNKNOWN,
    Verdict.NOT_JUDGED: Answer.UNKNOWN,
    # A line that applies to no unit does not prevent recognition.
    Verdict.NOT_APPLICABLE: Answer.HOLDS,
}


def of_findings(findings: Iterable[Finding], conditions: Sequence[Condition]) -> Recognition:
    """Return the recognition that follows from an evaluation's findings."""
    by_line: dict[str, list[Finding]] = {}
    for finding in findings:
        by_line.setdefault(finding.indicator, []).append(finding)
    return Recognition(tuple(_condition(condition, by_line) for condition in conditions))


def _condition(condition: Condition, by_line: dict[str, list[Finding]]) -> ConditionAnswer:
    def answered(finding: Finding) -> Answer:
        is_empty = finding.verdict is Verdict.NOT_APPLICABLE
        return (
            Answer.UNKNOWN if is_empty and condition.must_be_measured else ANSWERS[finding.verdict]
        )

    items = [
        [finding for line in item for finding in by_line.get(line, ())] for item in condition.items
    ]
    own = [finding for item in items for finding in item]
    if condition.counted is Counted.UNITS:
        is_asked = condition.must_be_measured
        applicable = (
            finding for finding in own if is_asked or finding.verdict is not Verdict.NOT_APPLICABLE
        )
        answers = tuple(map(answered, applicable))
    else:
        answers = tuple(together(map(answered, item)) for item in items)
    return ConditionAnswer(
        condition,
        answers,
        tuple(finding for finding in own if answered(finding) is Answer.DOES_NOT_HOLD),
        tuple(finding for finding in own if answered(finding) is Answer.UNKNOWN),
        tuple(finding for finding in own if finding.verdict is Verdict.NOT_APPLICABLE),
    )
