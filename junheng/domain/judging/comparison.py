"""What two judgings of a year say differently, and whether the rule or the data made it so."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from junheng.domain.judging.findings import Finding, Verdict
from junheng.domain.standard.standard import Rule


class Cause(StrEnum):
    """What alone makes a verdict flip: another rule, other data, or only both together."""

    RULE = "rule"
    DATA = "data"
    BOTH = "rule_and_data"


@dataclass(frozen=True, slots=True)
class Flip:
    """One unit on which two judgings differ; `value` and `threshold` are those of the second."""

    before: Finding
    after: Finding
    cause: Cause


@dataclass(frozen=True, slots=True)
class Judging:
    """One side of a comparison: what was judged, by which rules, of which data."""

    findings: tuple[Finding, ...]
    rules: Mapping[str, Rule]
    data_hash: str

    @property
    def by_unit(self) -> Mapping[tuple[str, str], Finding]:
        return {(one.indicator, one.unit): one for one in self.findings}


Rejudge = Callable[[Rule], Iterable[Finding]]
"""Holds the first judging's data against a rule."""


def flips(before: Judging, after: Judging, *, rejudged_before: Rejudge) -> tuple[Flip, ...]:
    """Return the units whose verdict differs, in the order of the second judging.

    `rejudged_before` is asked only where the rule and the data have both changed.
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
            self.known[indicator] = {one.unit: one.verdict for one in again}
        by_rule_alone = self.known[indicator].get(old.unit, old.verdict)
        if by_rule_alone is new.verdict:
            return Cause.RULE
        return Cause.DATA if by_rule_alone is old.verdict else Cause.BOTH
