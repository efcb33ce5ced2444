"""Distance to a threshold: how many teachers, rooms or yuan a failing unit lacks or exceeds.

The amount is the smallest number of whole steps of one figure after which the unit meets the
line, all other figures being as reported: rounded up to whole things to buy or build.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import Any

import narwhals as nw

from junheng.domain.judging import composite, stages, thresholds
from junheng.domain.judging.coefficients import GROUP, Weighed, smallest_lift
from junheng.domain.judging.thresholds import Frame
from junheng.domain.standard import measures
from junheng.domain.standard.standard import Edition, Holds, Lever, Rule

# Figures in 万元 or shares have no more decimals than this; floating-point error has more.
DECIMALS = 4


@dataclass(frozen=True, slots=True)
class Gap:
    """The amount of one thing that a failing unit lacks or exceeds, in the unit of that thing.

    `places` is the number of schools that share the amount, for a line on a whole stage.
    """

    name: str
    amount: float
    unit: str
    is_excess: bool = False
    places: int | None = None


# The gaps of "6 of 7": more lines must be met, and none of the others may be under 85 %.
WANTING = "lines_wanting"
UNDER_FLOOR = "lines_under_floor"
Gaps = Mapping[str, tuple[Gap, ...]]
IS_EXCESS = {Holds.AT_MOST, Holds.BELOW}
IS_STRICT = {Holds.ABOVE, Holds.BELOW}


def of_rule(rule: Rule, grain: Frame, held: Frame) -> Gaps:
    """Return the gaps of every unit that does not meet a rule; `held` is its `held_frame`."""
    edition = rule.edition
    failing = held.filter(nw.col("is_concerned") & nw.col("is_reported") & ~nw.col("is_held"))
    if failing.is_empty():
        return {}
    if composite.is_combined(edition):
        return _lines_lacking(failing)
    if stages.is_grouped(edition):
        return _of_stages(rule, grain, failing) if rule.line.levers else {}
    gaps: dict[str, tuple[Gap, ...]] = {}
    for lever in rule.line.levers:
        for unit, amount in _amounts(edition, lever, grain, failing):
            gap = Gap(lever.name, amount, lever.unit, is_excess=edition.holds in IS_EXCESS)
            gaps[unit] = (*gaps.get(unit, ()), gap)
    return gaps


def _amounts(
    edition: Edition, lever: Lever, grain: Frame, failing: Frame
) -> tuple[tuple[str, float], ...]:
    """Return (unit, amount) for each failing unit whose figure this lever must change."""
    own = thresholds.among(edition, grain).filter(nw.col("unit").is_in(failing["unit"].to_list()))
    sign = -1 if edition.holds in IS_EXCESS else 1
    moved = own.with_columns(nw.col(lever.figure) + sign * lever.step)
    now, after = (
        frame.select(value=_moved_value(edition, lever))["value"].to_list()
        for frame in (own, moved)
    )
    is_strict = edition.holds in IS_STRICT
    counts = [
        _steps(reach - before, later - before, is_strict=is_strict)
        for reach, before, later in zip(failing["reach"].to_list(), now, after, strict=True)
    ]
    if lever.figure in thresholds.bound_figures(edition):
        counts = _fewest_steps(edition, lever, own, counts)
    return tuple(
        (unit, round(count * lever.step, DECIMALS))
        for unit, count in zip(failing["unit"].to_list(), counts, strict=True)
        if count
    )


def _fewest_steps(edition: Edition, lever: Lever, own: Frame, enough: Sequence[int]) -> list[int]:
    """Return the fewest steps after which each unit meets a bound that depends on the figure.

    With fewer pupils a school may have over half migrants' children, and so a wider limit.
    """
    sign = -1 if edition.holds in IS_EXCESS else 1
    fewest, too_few = list(enough), [0] * len(enough)
    while any(high - low > 1 for low, high in zip(too_few, fewest, strict=True)):
        middle = [(low + high) // 2 for low, high in zip(too_few, fewest, strict=True)]
        steps = nw.new_series("steps", middle, nw.Float64(), backend=own.implementation)
        moved = own.with_columns(steps).with_columns(
            nw.col(lever.figure) + sign * lever.step * nw.col("steps")
        )
        reached = thresholds.reach(edition.holds, thresholds.bound(edition))
        is_held = thresholds.compared(edition.holds, thresholds.value(edition), reached)
        for index, holds in enumerate(moved.select(is_held=is_held)["is_held"].to_list()):
            (fewest if holds else too_few)[index] = middle[index]
    return fewest


def _moved_value(edition: Edition, lever: Lever) -> nw.Expr:
    if lever.part is None:
        return thresholds.value(edition)
    return measures.named(edition.measure).parts[lever.part](**edition.with_)


def _steps(distance: float, effect: float, *, is_strict: bool) -> int:
    """Return the number of whole steps of an effect that cover a distance, 0 if it is covered."""
    if effect == 0 or distance / effect <= 0:
        return 0
    steps = distance / effect
    return floor(steps) + 1 if is_strict else ceil(steps)


def _lines_lacking(failing: Frame) -> Gaps:
    """Return, for "6 of 7", how many lines are missing and how many are under the floor."""
    wanting = nw.col("bound") - nw.col("value")
    rows = failing.select("unit", "lines_under_floor", wanting=wanting)
    return {
        row["unit"]: tuple(
            Gap(name, float(amount), "")
            for name, amount in ((WANTING, row["wanting"]), (UNDER_FLOOR, row["lines_under_floor"]))
            if amount > 0
        )
        for row in rows.iter_rows(named=True)
    }


def _of_stages(rule: Rule, sections: Frame, failing: Frame) -> Gaps:
    lever = rule.line.levers[0]
    now = stages.sections_of(rule.edition, sections)
    moved = stages.sections_of(
        rule.edition, sections.with_columns(nw.col(lever.figure) + lever.step)
    )
    is_lifted = bool(rule.edition.of)
    gaps: dict[str, tuple[Gap, ...]] = {}
    for row in failing.iter_rows(named=True):
        before, after = (_counted(frame, row) for frame in (now, moved))
        gap = _lifted(before, after, lever, row) if is_lifted else _pooled(before, lever, row)
        gaps[row["unit"]] = (gap,)
    return gaps


def _counted(sections: Frame, row: Mapping[str, Any]) -> Frame:
    district, stage = (nw.col(name) == row[name] for name in GROUP)
    return sections.filter(nw.col("is_counted") & district & stage)


def _lifted(before: Frame, after: Frame, lever: Lever, row: Mapping[str, Any]) -> Gap:
    """Return the amount that lifts the lowest schools until the coefficient meets its limit."""
    columns = (before["ratio"], after["ratio"], before["pupils"])
    lift = smallest_lift(
        [
            Weighed(ratio=now, pupils=pupils, unit_effect=later - now)
            for now, later, pupils in zip(*(column.to_list() for column in columns), strict=True)
        ],
        at_most=row["reach"],
    )
    amount = round(lift.units * lever.step, DECIMALS)
    return Gap(lever.name, amount, lever.unit, places=lift.sections)


def _pooled(before: Frame, lever: Lever, row: Mapping[str, Any]) -> Gap:
    effect = lever.step / before["below"].sum()
    steps = _steps(row["reach"] - row["value"], effect, is_strict=False)
    return Gap(lever.name, round(steps * lever.step, DECIMALS), lever.unit)
