"""Lines on a district's whole stage: one value from many sections, all computed in one pass."""

from collections.abc import Callable
from dataclasses import dataclass

import narwhals as nw

from junheng.domain.judging import thresholds
from junheng.domain.judging.coefficients import GROUP, weighted_coefficients
from junheng.domain.judging.thresholds import Frame
from junheng.domain.standard import measures
from junheng.domain.standard.standard import Edition


@dataclass(frozen=True, slots=True)
class StageMeasure:
    """A formula over the sections of a stage: its text, and the value of each district's stage."""

    formula: str
    values: Callable[[Frame], Frame]


def pooled_shares(counted: Frame) -> Frame:
    """Return Σ`above` ÷ Σ`below` for each district's stage."""
    sums = counted.group_by(*GROUP).agg(nw.col("above").sum(), nw.col("below").sum())
    return sums.select(*GROUP, value=nw.col("above") / nw.col("below"))


GROUPED: dict[str, StageMeasure] = {
    "weighted_coefficient": StageMeasure("√(Σ(P/ΣP)·(x/P − X̄)²) ÷ X̄", weighted_coefficients),
    "pooled_share": StageMeasure("Σx ÷ Σy", pooled_shares),
}


def is_grouped(edition: Edition) -> bool:
    return edition.measure in GROUPED


def section_edition(edition: Edition) -> Edition:
    """Return the edition for a single section: the ratio of a coefficient, or the share itself."""
    if edition.of:
        (ratio,) = edition.editions_of
        return ratio
    return edition.model_copy(update={"measure": "share"})


def sections_of(edition: Edition, sections: Frame) -> Frame:
    """Return every section with the inputs of its stage's value, and whether it counts.

    The inputs of a coefficient are `ratio` and `pupils`, of a pooled share `above` and `below`.
    """
    own = section_edition(edition)
    # The kind of a school may be known only from its form.
    concerned = thresholds.concerns(own).fill_null(value=True)
    return sections.select(
        *GROUP,
        "unit",
        is_concerned=concerned,
        is_counted=concerned & thresholds.is_reported(own),
        **_inputs(edition),
    )


def _inputs(edition: Edition) -> dict[str, nw.Expr]:
    own = section_edition(edition)
    if edition.of:
        return {"ratio": thresholds.value(own), "pupils": nw.col("students")}
    added = measures.named("total").expression
    return {
        "above": added(figures=edition.with_["figures"]),
        "below": added(figures=edition.with_["among"]),
    }


def held_frame(edition: Edition, sections: Frame) -> Frame:
    """Return a row for each district's stage, compared as for any line."""
    own = sections_of(edition, sections)
    # A stage without any school that counts keeps its row and is reported as missing.
    stages = (
        own.select(
            *GROUP,
            *(nw.col(name).cast(nw.Float64()) for name in ("is_concerned", "is_counted")),
        )
        .group_by(*GROUP)
        .agg(nw.col("is_concerned").max(), nw.col("is_counted").max())
        .sort(*GROUP, descending=True)
    )
    values = GROUPED[edition.measure].values(own.filter(nw.col("is_counted")))
    measured = stages.join(values, on=list(GROUP), how="left").select(
        "value",
        *GROUP,
        unit=nw.concat_str(*GROUP, separator=":"),
        owner=nw.col("district_code"),
        bound=thresholds.bound(edition),
        is_concerned=nw.col("is_concerned") == 1,
        is_reported=nw.col("is_counted") == 1,
        is_met_beside=nw.lit(True),
    )
    return thresholds.held(edition, measured)
