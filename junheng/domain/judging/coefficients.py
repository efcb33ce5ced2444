"""The inter-school coefficient of variation: weighted by pupils, unrounded, in one pass.

教督〔2017〕6号: X̄ = Σx/ΣP; S = √(Σ(P/ΣP)·(x/P − X̄)²); CV = S/X̄, with P the pupils of a
section and x/P its ratio.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt

import narwhals as nw

from junheng.domain.judging import thresholds
from junheng.domain.judging.thresholds import Frame

GROUP = ("district_code", "stage")


def deviations(counted: Frame) -> Frame:
    """Return counted sections (`ratio`, `pupils`) with their weight, mean and weighted square."""
    pupils, weighted = nw.col("pupils"), nw.col("ratio") * nw.col("pupils")
    means = (
        counted.with_columns(weighted=weighted)
        .group_by(*GROUP)
        .agg(nw.col("weighted").sum(), all_pupils=pupils.sum())
        .with_columns(mean=nw.col("weighted") / nw.col("all_pupils"))
        .select(*GROUP, "mean", "all_pupils")
    )
    deviation = nw.col("ratio") - nw.col("mean")
    return counted.join(means, on=list(GROUP), how="left").with_columns(
        squared=pupils / nw.col("all_pupils") * deviation * deviation,
    )


def weighted_coefficients(counted: Frame) -> Frame:
    """Return the coefficient of each district and stage: all districts in one pass."""
    return (
        deviations(counted)
        .group_by(*GROUP)
        .agg(nw.col("squared").sum(), nw.col("mean").max())
        .select(*GROUP, value=nw.col("squared").sqrt() / nw.col("mean"))
    )


@dataclass(frozen=True, slots=True)
class Weighed:
    """One section in its district's coefficient; `unit_effect` is what one more unit adds."""

    ratio: float
    pupils: float
    unit_effect: float

    def units_up_to(self, level: float) -> int:
        """Return the number of whole units that lift the section to a level, 0 if it reached it."""
        short = (level - self.ratio) / self.unit_effect
        return max(0, ceil(short - thresholds.TOLERANCE))


@dataclass(frozen=True, slots=True)
class Lift:
    """Raising the lowest sections to one level: the units in all, and the sections that get any."""

    units: int
    sections: int


HALVINGS = 60


def smallest_lift(sections: Sequence[Weighed], *, at_most: float) -> Lift:
    """Return the smallest lift that brings a coefficient down to its limit.

    Every section below a level is lifted to it in whole units; the lowest sufficient level is
    found by bisection.
    """
    low = min(section.ratio for section in sections)
    high = max(section.ratio for section in sections)
    # One more teacher in a school of twenty pupils may put it far above the others: then the level
    # must exceed the highest ratio of today, until one unit matters less.
    while _coefficient_at(sections, high) > at_most:
        low, high = high, high * 2
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if _coefficient_at(sections, middle) <= at_most:
            high = middle
        else:
            low = middle
    needed = [section.units_up_to(high) for section in sections]
    return Lift(sum(needed), sum(units > 0 for units in needed))


def _coefficient_at(sections: Sequence[Weighed], level: float) -> float:
    lifted = [
        section.ratio + section.units_up_to(level) * section.unit_effect for section in sections
    ]
    pupils = sum(section.pupils for section in sections)
    weights = [section.pupils / pupils for section in sections]
    mean = sum(weight * ratio for weight, ratio in zip(weights, lifted, strict=True))
    squared = sum(
        weight * (ratio - mean) ** 2 for weight, ratio in zip(weights, lifted, strict=True)
    )
    return sqrt(squared) / mean if mean else float("inf")
