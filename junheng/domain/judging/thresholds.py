"""How a value is held against its threshold: the same expressions for one unit or a nation's.

Everything here turns an edition of a line into narwhals expressions over one grain's columns.
"""

from functools import reduce
from operator import and_
from typing import Any, TypeAlias

import narwhals as nw

from junheng.domain.standard import applicability, measures
from junheng.domain.standard.standard import Edition, Holds, MeasuredThreshold

Frame: TypeAlias = nw.DataFrame[Any]

# Raised when the code judges otherwise than before: with it every year is judged anew, though its
# rules and figures are the same. The code without its version is held by a test.
JUDGING_VERSION = 1

# A unit exactly on the line passes: floating error must never decide. One pupil, one room or one
# yuan more or less moves a value by far more than this.
TOLERANCE = 1e-9


def value(edition: Edition) -> nw.Expr:
    """Return what a line measures, unrounded."""
    return measures.named(edition.measure).expression(**edition.with_)


def bound(edition: Edition) -> nw.Expr:
    """Return the threshold of each row: one number, one for each key, or a measured one."""
    threshold = edition.threshold
    if isinstance(threshold, MeasuredThreshold):
        return measures.named(threshold.measure).expression(**threshold.with_)
    if isinstance(threshold, dict):
        key = measures.column(str(edition.by), **edition.by_with)
        chosen = nw.lit(None, dtype=nw.Float64())
        for name, number in threshold.items():
            chosen = nw.when(key == name).then(nw.lit(float(number))).otherwise(chosen)
        return chosen
    return nw.lit(1.0 if threshold is None else float(threshold))


def figures(edition: Edition) -> tuple[str, ...]:
    """Return the columns without which a line cannot be judged."""
    if edition.of:
        return tuple(dict.fromkeys(f for part in edition.editions_of for f in figures(part)))
    needed = measures.named(edition.measure).figures_with(edition.with_)
    if edition.also is not None:
        needed += measures.named(edition.also).figures_with(edition.also_with)
    if isinstance(edition.threshold, MeasuredThreshold):
        needed += bound_figures(edition)
    return tuple(dict.fromkeys(needed))


def bound_figures(edition: Edition) -> tuple[str, ...]:
    """Return the columns that decide which threshold a unit has; none where it is one for all."""
    threshold = edition.threshold
    if isinstance(threshold, MeasuredThreshold):
        return measures.named(threshold.measure).figures_with(threshold.with_)
    if isinstance(threshold, dict) and edition.by in measures.MEASURES:
        return measures.named(edition.by).figures_with(edition.by_with)
    return ()


def is_reported(edition: Edition) -> nw.Expr:
    """Return whether every figure that a line needs is there."""
    return reduce(and_, (~nw.col(name).is_null() for name in figures(edition)), nw.lit(True))


def among(edition: Edition, grain: Frame) -> Frame:
    """Return the rows a line looks at at all; the others are not even "not applicable"."""
    if edition.among is None:
        return grain
    return grain.filter(applicability.named(edition.among, edition.among_with))


def concerns(edition: Edition) -> nw.Expr:
    """Return whether a line applies to a unit at all."""
    return applicability.named(edition.applies, edition.applies_with)


def asked_beside(edition: Edition) -> nw.Expr:
    """Return whether what a line asks beside its value is met."""
    if edition.also is None:
        return nw.lit(True)
    return measures.named(edition.also).expression(**edition.also_with)


def is_defined(edition: Edition, measured: nw.Expr) -> nw.Expr:
    """Return whether there is anything to measure: a share of nobody is no value.

    专任教师为0的学校 has no 持证上岗率: what is not there is neither met nor missed.
    """
    if edition.holds is Holds.IS_TRUE:
        return nw.lit(True)
    return ~measured.is_null() & measured.is_finite()


def reach(how: Holds, threshold: nw.Expr) -> nw.Expr:
    """Return the value from which on a line holds: its threshold, with what still is on it."""
    margin = threshold.abs() * TOLERANCE + TOLERANCE
    return threshold + margin if how in (Holds.AT_MOST, Holds.ABOVE) else threshold - margin


def compared(how: Holds, measured: nw.Expr, reached: nw.Expr) -> nw.Expr:
    """Return whether values hold, `reached` being what `reach` makes of their threshold."""
    match how:
        case Holds.AT_LEAST:
            return measured >= reached
        case Holds.AT_MOST:
            return measured <= reached
        case Holds.ABOVE:
            return measured > reached
        case Holds.BELOW:
            return measured < reached
        case Holds.IS_TRUE:
            return measured == True  # noqa: E712  (a column, not a truth value)


def held_frame(edition: Edition, grain: Frame) -> Frame:
    """Return the rows a line is held against, with value, bound, reach and three conditions."""
    measured = among(edition, grain).select(
        "unit",
        "owner",
        value=value(edition),
        bound=bound(edition),
        is_concerned=concerns(edition),
        is_reported=is_reported(edition),
        is_met_beside=asked_beside(edition),
    )
    return held(edition, measured)


def held(edition: Edition, measured: Frame) -> Frame:
    """Return measured rows with their `reach`, and whether they are concerned and held."""
    is_defined_ = ~nw.col("is_reported") | is_defined(edition, nw.col("value"))
    return measured.with_columns(
        reach=reach(edition.holds, nw.col("bound")),
        is_concerned=nw.col("is_concerned") & is_defined_,
    ).with_columns(
        is_held=compared(edition.holds, nw.col("value"), nw.col("reach")) & nw.col("is_met_beside"),
    )
