"""The inter-school coefficient of variation: weighted by pupils, unrounded, in one pass.

教督〔2017〕6号: X̄ = Σx/ΣP; S = √(Σ(P/ΣP)·(x/P − X̄)²); CV = S/X̄, with P the pupils of a
section and x/P its ratio.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt

import narwhals as nw

from junheng.domain import judging
from junheng.domain.judging import Frame
from junheng.domain.standard import Edition

GROUP = ("district_code", "stage")


def deviations(sections: Frame, edition: Edition) -> Frame:
    """Return each counted section with its `ratio`, `pupils`, `mean` and weighted `squared`."""
    (ratio,) = edition.editions_of
    # Few columns from here on: what follows copies the frame at every step.
    weighed = sections.select(
        *GROUP,
        "unit",
        is_counted=judging.concerns(ratio) & judging.is_reported(ratio),
        ratio=judging.value(ratio),
        pupils=nw.col("students"),
    ).filter(nw.col("is_counted"))
    shares = weighed.with_columns(weight=nw.col("pupils") / nw.col("pupils").sum().over(*GROUP))
    means = shares.with_columns(part=nw.col("weight") * nw.col("ratio")).with_columns(
        mean=nw.col("part").sum().over(*GROUP),
    )
    return means.with_columns(
        squared=nw.col("weight") * (nw.col("ratio") - nw.col("mean")) ** 2,
    ).drop("is_counted", "part")


def weighted_coefficient(sections: Frame, edition: Edition) -> Frame:
    """Return the coefficient of each district and stage: all districts in one pass."""
    return (
        deviations(sections, edition)
        .group_by(*GROUP)
        .agg(nw.col("squared").sum(), nw.col("mean").max())
        .with_columns(value=nw.col("squared").sqrt() / nw.col("mean"))
        .select(*GROUP, "value")
    )


@dataclass(frozen=True, slots=True)
class Weighed:
    """One section in its district's coefficient; `unit_effect` is what one more unit adds."""

    ratio: float
    pupils: float
    unit_effect: float

    def units_up_to(self, level: float) -> int:
        """Return the whole units that lift the section to a level, none where it is there."""
        short = (level - self.ratio) / self.unit_effect
        return max(0, ceil(short - judging.TOLERANCE))


@dataclass(frozen=True, slots=True)
class Lift:
    """Bringing the lowest sections up to one level: how many units in all, and to how many."""

    units: int
    sections: int


HALVINGS = 60


def smallest_lift(sections: Sequence[Weighed], *, at_most: float) -> Lift:
    """Return what brings a coefficient down to its limit when the lowest are lifted first.

    Everybody under one level is lifted to it in whole units; the lowest such level is taken.
    """
    low = min(section.ratio for section in sections)
    high = max(section.ratio for section in sections)
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
