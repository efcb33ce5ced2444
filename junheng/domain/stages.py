"""Lines judged of a district's whole stage: one value from many sections, all in one pass."""

from collections.abc import Callable
from dataclasses import dataclass

import narwhals as nw

from junheng.domain import judging, measures
from junheng.domain.coefficients import GROUP, weighted_coefficient
from junheng.domain.judging import Frame
from junheng.domain.standard import Edition


@dataclass(frozen=True, slots=True)
class StageMeasure:
    """A formula over the sections of a stage: its text, and the value of each district's stage."""

    formula: str
    values: Callable[[Frame, Edition], Frame]


def pooled_share(sections: Frame, edition: Edition) -> Frame:
    """Return Σ of the figures ÷ Σ of those they are counted among, over the sections concerned."""
    counted = sections.filter(of_each_section(edition))
    return (
        counted.select(
            *GROUP,
            above=measures.named("total").expression(figures=edition.with_["figures"]),
            below=measures.named("total").expression(figures=edition.with_["among"]),
        )
        .group_by(*GROUP)
        .agg(nw.col("above").sum(), nw.col("below").sum())
        .with_columns(value=nw.col("above") / nw.col("below"))
        .select(*GROUP, "value")
    )


GROUPED: dict[str, StageMeasure] = {
    "weighted_coefficient": StageMeasure("√(Σ(P/ΣP)·(x/P − X̄)²) ÷ X̄", weighted_coefficient),
    "pooled_share": StageMeasure("Σ {figures} ÷ Σ {among}", pooled_share),
}


def is_grouped(edition: Edition) -> bool:
    return edition.measure in GROUPED


def section_edition(edition: Edition) -> Edition:
    """Return what is asked of each section: of a coefficient its ratio, of a share itself."""
    if edition.of:
        (ratio,) = edition.editions_of
        return ratio
    return edition.model_copy(update={"measure": "share"})


def of_each_section(edition: Edition) -> nw.Expr:
    """Return whether a section is counted: the line concerns it, and it has reported."""
    own = section_edition(edition)
    return judging.concerns(own).fill_null(value=True) & judging.is_reported(own)


def held_frame(edition: Edition, sections: Frame) -> Frame:
    """Return a row for each district's stage, with value, bound and the three conditions."""
    own = section_edition(edition)
    # A stage of which no school could be counted is asked for, not forgotten.
    flags = (
        sections.select(
            *GROUP,
            # What kind of school one is may be known only from its form.
            concerned=_as_count(judging.concerns(own).fill_null(value=True)),
            counted=_as_count(of_each_section(edition)),
        )
        .group_by(*GROUP)
        .agg(nw.col("concerned").sum(), nw.col("counted").sum())
        .sort(*GROUP, descending=True)
    )
    values = flags.join(
        GROUPED[edition.measure].values(sections, edition), on=list(GROUP), how="left"
    )
    bound, measured = judging.bound(edition), nw.col("value")
    is_reported = nw.col("counted") > 0
    return values.select(
        "value",
        unit=nw.concat_str("district_code", "stage", separator=":"),
        owner=nw.col("district_code"),
        bound=bound,
        is_concerned=(nw.col("concerned") > 0)
        & (~is_reported | judging.is_defined(edition, measured)),
        is_reported=is_reported,
        is_held=judging.compared(edition.holds, measured, bound),
    )


def _as_count(condition: nw.Expr) -> nw.Expr:
    return nw.when(condition).then(nw.lit(1)).otherwise(nw.lit(0))
