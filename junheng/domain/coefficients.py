"""Values of a whole group of units: one row for each district and stage, all in one pass."""

from collections.abc import Callable

import narwhals as nw

from junheng.domain import judging
from junheng.domain.judging import Frame
from junheng.domain.standard import Edition

GROUP = ("district_code", "stage")


def weighted_coefficient(sections: Frame, edition: Edition) -> Frame:
    """Return the inter-school coefficient of variation of each district and stage.

    教督〔2017〕6号: X̄ = Σx/ΣP; S = √(Σ(P/ΣP)·(x/P − X̄)²); CV = S/X̄, with P the pupils of a
    section and x/P its ratio: weighted by pupils, population form, unrounded.
    """
    (ratio,) = edition.editions_of
    # Few columns from here on: what follows copies the frame at every step.
    weighed = sections.select(
        *GROUP,
        is_counted=judging.concerns(ratio) & judging.is_reported(ratio),
        ratio=judging.value(ratio),
        pupils=nw.col("students"),
    ).filter(nw.col("is_counted"))
    shares = weighed.with_columns(weight=nw.col("pupils") / nw.col("pupils").sum().over(*GROUP))
    means = shares.with_columns(part=nw.col("weight") * nw.col("ratio")).with_columns(
        mean=nw.col("part").sum().over(*GROUP),
    )
    deviations = means.with_columns(
        squared=nw.col("weight") * (nw.col("ratio") - nw.col("mean")) ** 2,
    )
    return (
        deviations.group_by(*GROUP)
        .agg(nw.col("squared").sum(), nw.col("mean").max())
        .with_columns(value=nw.col("squared").sqrt() / nw.col("mean"))
    )


GROUPED: dict[str, Callable[[Frame, Edition], Frame]] = {
    weighted_coefficient.__name__: weighted_coefficient,
}
