"""The district's overall answer: which conditions for recognition hold, and what stands against it.

教督〔2017〕6号: a district is recognised by all of them together; one veto is enough to refuse it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pydantic import Field

from junheng.domain.judging.findings import Finding, Verdict
from junheng.values import Frozen


class Counted(StrEnum):
    """What a condition counts: every unit of its lines, or its numbered items."""

    UNITS = "units"
    ITEMS = "items"


class Condition(Frozen):
    """One condition for recognition: the lines that have to be met, item by item."""

    name: str
    counted: Counted
    # Nobody asked, or nothing to divide by, is no answer where the condition is a figure itself.
    must_be_measured: bool = False
    items: tuple[tuple[str, ...], ...] = Field(min_length=1)

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(line for item in self.items for line in item)


class Answer(StrEnum):
    """Whether something holds; `unknown` where reports are missing or a rule broke."""

    HOLDS = "holds"
    DOES_NOT_HOLD = "does_not_hold"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ConditionAnswer:
    """One condition's answer, with how many of what it counts hold, and what is in the way.

    `not_met` and `unknown` are findings: what fails, and what cannot be said yet.
    """

    condition: Condition
    answers: tuple[Answer, ...]
    not_met: tuple[Finding, ...]
    unknown: tuple[Finding, ...]
    not_applicable: tuple[Finding, ...]

    def unknown_for(self, verdict: Verdict) -> int:
        """Return how many findings are unknown because nothing was reported, or a rule broke."""
        return sum(one.verdict is verdict for one in self.unknown)

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
        return together(one.answer for one in self.conditions)


def together(answers: Iterable[Answer]) -> Answer:
    """Return what several answers come to: one that fails decides, then one that is unknown.

    No answer at all is unknown: what was never judged has not been met.
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
    # What concerns nobody stands in nobody's way.
    Verdict.NOT_APPLICABLE: Answer.HOLDS,
}


def of_findings(findings: Iterable[Finding], conditions: Sequence[Condition]) -> Recognition:
    """Return the overall answer that an evaluation's findings give."""
    by_line: dict[str, list[Finding]] = {}
    for finding in findings:
        by_line.setdefault(finding.indicator, []).append(finding)
    return Recognition(tuple(_condition(one, by_line) for one in conditions))


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
        concerned = (one for one in own if is_asked or one.verdict is not Verdict.NOT_APPLICABLE)
        answers = tuple(map(answered, concerned))
    else:
        answers = tuple(together(map(answered, item)) for item in items)
    return ConditionAnswer(
        condition,
        answers,
        tuple(one for one in own if answered(one) is Answer.DOES_NOT_HOLD),
        tuple(one for one in own if answered(one) is Answer.UNKNOWN),
        tuple(one for one in own if one.verdict is Verdict.NOT_APPLICABLE),
    )
