"""The district's overall answer: which conditions for recognition hold, and what stands against it.

教督〔2017〕6号: a district is recognised by all of them together; one veto is enough to refuse it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pydantic import Field

from junheng.domain.findings import Finding, Verdict
from junheng.domain.standard import Frozen


class Counted(StrEnum):
    """What a condition counts: every unit of its lines, or its numbered items."""

    UNITS = "units"
    ITEMS = "items"


class Condition(Frozen):
    """One condition for recognition: the lines that have to be met, item by item."""

    name: str
    counted: Counted
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
    """Return what several answers come to: one that fails decides, then one that is unknown."""
    known = set(answers)
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
    items = [
        [finding for line in item for finding in by_line.get(line, ())] for item in condition.items
    ]
    own = [finding for item in items for finding in item]
    if condition.counted is Counted.UNITS:
        concerned = (one for one in own if one.verdict is not Verdict.NOT_APPLICABLE)
        answers = tuple(ANSWERS[one.verdict] for one in concerned)
    else:
        answers = tuple(together(ANSWERS[one.verdict] for one in item) for item in items)
    return ConditionAnswer(
        condition,
        answers,
        tuple(one for one in own if ANSWERS[one.verdict] is Answer.DOES_NOT_HOLD),
        tuple(one for one in own if ANSWERS[one.verdict] is Answer.UNKNOWN),
    )
