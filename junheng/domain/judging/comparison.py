"""Differences between two judgings of a year, and whether the rule or the data caused them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from junheng.domain.judging.findings import Finding, Verdict
from junheng.domain.standard.standard import Rule


class Cause(StrEnum):
    """The cause of a changed verdict: the rule alone, the data alone, or only both together."""

    RULE = "rule"
    DATA = "data"
    BOTH = "rule_and_data"


@dataclass(frozen=True, slots=True)
class Flip:
    """One unit whose verdict differs between two judgings."""

    before: Finding
    after: Finding
    cause: Cause


@dataclass(frozen=True, slots=True)
class Judging:
    """One side of a comparison: the findings, the rules and the hash of the data."""

    findings: tuple[Finding, ...]
    rules: Mapping[str, Rule]
    data_hash: str

    @property
    def by_unit(self) -> Mapping[tuple[str, str], Finding]:
        return {(finding.indicator, finding.unit): finding for finding in self.findings}


Rejudge = Callable[[Rule], Iterable[Finding]]
"""Judges the data of the first judging by a rule."""


def flips(before: Judging, after: Judging, *, rejudged_before: Rejudge) -> tuple[Flip, ...]:
    """Return the units whose verdict differs, in the order of the second judging.

    `rejudged_before` is called only if both the rule and the data have changed.
    """
    earlier = before.by_unit
    flipped = [
        (earlier[key], finding)
        for key, finding in after.by_unit.items()
        if key in earlier and earlier[key].verdict is not finding.verdict
    ]
    causes = _Causes(before, after, rejudged_before, {})
    return tuple(Flip(old, new, causes.of(old, new)) for old, new in flipped)


@dataclass(frozen=True, slots=True)
class _Causes:
    before: Judging
    after: Judging
    rejudged_before: Rejudge
    known: dict[str, Mapping[str, Verdict]]

    def of(self, old: Finding, new: Finding) -> Cause:
        indicator = new.indicator
        if self.before.data_hash == self.after.data_hash:
            return Cause.RULE
        if self.before.rules[indicator].edition == self.after.rules[indicator].edition:
            return Cause.DATA
        if indicator not in self.known:
            again = self.rejudged_before(self.after.rules[indicator])
            self.known[indicator] = {finding.unit: finding.verdict for finding in again}
        by_rule_alone = self.known[indicator].get(old.unit, old.verdict)
        if by_rule_alone is new.verdict:
            return Cause.RULE
        return Cause.DATA if by_rule_alone is old.verdict else Cause.BOTH
