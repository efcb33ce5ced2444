"""Comparing values with thresholds.

Each function turns an edition of a line into narwhals expressions over one grain's columns.
"""

from functools import reduce
from operator import and_
from typing import Any, TypeAlias

import narwhals as nw

from junheng.domain.standard import applicability, measures
from junheng.domain.standard.standard import Edition, Holds, MeasuredThreshold

Frame: TypeAlias = nw.DataFrame[Any]

# Increase it when the code judges differently: then every year is judged again, although its
# rules and figures are unchanged. A test compares the code with the fingerprint of its version.
JUDGING_VERSION = 1

# A unit exactly on the threshold passes: floating-point error must never decide. One pupil, room
# or yuan more or less changes a value by far more than this.
TOLERANCE = 1e-9


def value(edition: Edition) -> nw.Expr:
    """Return the measured value of a line, unrounded."""
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
    """Return the columns that decide which threshold a unit has, none if all have the same."""
    threshold = edition.threshold
    if isinstance(threshold, MeasuredThreshold):
        return measures.named(threshold.measure).figures_with(threshold.with_)
    if isinstance(threshold, dict) and edition.by in measures.MEASURES:
        return measures.named(edition.by).figures_with(edition.by_with)
    return ()


def is_reported(edition: Edition) -> nw.Expr:
    """Return whether every figure that a line needs is present."""
    return reduce(and_, (~nw.col(name).is_null() for name in figures(edition)), nw.lit(True))


def among(edition: Edition, grain: Frame) -> Frame:
    """Return the rows that a line covers; the others are not even "not applicable"."""
    if edition.among is None:
        return grain
    return grain.filter(applicability.named(edition.among, edition.among_with))


def concerns(edition: Edition) -> nw.Expr:
    """Return whether a line applies to a unit."""
    return applicability.named(edition.applies, edition.applies_with)


def additional_condition(edition: Edition) -> nw.Expr:
    """Return whether the additional condition of a line (`also`) is met."""
    if edition.also is None:
        return nw.lit(True)
    return measures.named(edition.also).expression(**edition.also_with)


def is_defined(edition: Edition, measured: nw.Expr) -> nw.Expr:
    """Return whether the value is defined: a division by zero is neither met nor missed.

    For example, a school with no full-time teachers (专任教师为0) has no 持证上岗率.
    """
    if edition.holds is Holds.IS_TRUE:
        return nw.lit(True)
    return ~measured.is_null() & measured.is_finite()


def reach(how: Holds, threshold: nw.Expr) -> nw.Expr:
    """Return the threshold shifted by the tolerance, so that values on the line still pass."""
    margin = threshold.abs() * TOLERANCE + TOLERANCE
    return threshold + margin if how in (Holds.AT_MOST, Holds.ABOVE) else threshold - margin


def compared(how: Holds, measured: nw.Expr, reached: nw.Expr) -> nw.Expr:
    """Return whether values meet `reached`, the result of `reach` for their threshold."""
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
    """Return the rows that a line judges, with value, bound, reach and three conditions."""
    measured = among(edition, grain).select(
        "unit",
        "owner",
        value=value(edition),
        bound=bound(edition),
        is_concerned=concerns(edition),
        is_reported=is_reported(edition),
        is_met_beside=additional_condition(edition),
    )
    return held(edition, measured)


def held(edition: Edition, measured: Frame) -> Frame:
    """Return measured rows with `reach`, `is_concerned` and `is_held`."""
    is_defined_ = ~nw.col("is_reported") | is_defined(edition, nw.col("value"))
    return measured.with_columns(
        reach=reach(edition.holds, nw.col("bound")),
        is_concerned=nw.col("is_concerned") & is_defined_,
    ).with_columns(
        is_held=compared(edition.holds, nw.col("value"), nw.col("reach")) & nw.col("is_met_beside"),
    )
