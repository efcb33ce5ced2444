"""Distance to the line: how many teachers, rooms or yuan a failing unit lacks, or has too many.

The amount is the smallest number of whole steps of one figure after which the unit meets the
line, everything else staying as it was reported: rounded up to what can be bought or built.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, floor

import narwhals as nw

from junheng.domain import judging, measures, stages
from junheng.domain.coefficients import GROUP, Weighed, smallest_lift
from junheng.domain.judging import Frame
from junheng.domain.standard import Edition, Holds, Lever, Rule

# A figure of 万元 or of a share has no more decimals than this; floating error has many.
DECIMALS = 4


@dataclass(frozen=True, slots=True)
class Gap:
    """What one failing unit lacks (or has too many) of one thing, in that thing's unit.

    `places` is how many schools share the amount, where a whole stage is meant.
    """

    name: str
    amount: float
    unit: str
    is_excess: bool = False
    places: int | None = None


# What 6 of 7 asks: more lines met, and none of the others under 85 %.
WANTING = "达到标准的指标"
UNDER_FLOOR = "低于标准85%的指标"
Gaps = Mapping[str, tuple[Gap, ...]]
IS_EXCESS = {Holds.AT_MOST, Holds.BELOW}
IS_STRICT = {Holds.ABOVE, Holds.BELOW}


def of_rule(rule: Rule, grain: Frame, held: Frame) -> Gaps:
    """Return the gaps of every unit that does not meet a rule; `held` is the rule's held frame."""
    edition = rule.edition
    if edition.measure == "lines_met":
        return _lines_lacking(rule, grain)
    if not rule.line.levers:
        return {}
    if stages.is_grouped(edition):
        return _of_stages(rule, grain, held)
    failing = judging.among(edition, grain).filter(_is_failing(edition))
    gaps: dict[str, tuple[Gap, ...]] = {}
    for lever in rule.line.levers:
        for unit, amount in _amounts(edition, lever, failing):
            gap = Gap(lever.name, amount, lever.unit, is_excess=edition.holds in IS_EXCESS)
            gaps[unit] = (*gaps.get(unit, ()), gap)
    return gaps


def _is_failing(edition: Edition) -> nw.Expr:
    measured = judging.value(edition)
    return (
        judging.concerns(edition)
        & judging.is_reported(edition)
        & judging.is_defined(edition, measured)
        & ~judging.compared(edition.holds, measured, judging.bound(edition))
    )


def _amounts(edition: Edition, lever: Lever, failing: Frame) -> tuple[tuple[str, float], ...]:
    """Return (unit, amount) for each failing unit that this lever has to be moved for."""
    sign = -1 if edition.holds in IS_EXCESS else 1
    moved = failing.with_columns(nw.col(lever.figure) + sign * lever.step)
    rows = failing.select("unit", now=_moved_value(edition, lever), reach=_reach(edition))
    after = moved.select("unit", after=_moved_value(edition, lever))["after"].to_list()
    is_strict = edition.holds in IS_STRICT
    steps = (
        (unit, _steps(reach - now, later - now, is_strict=is_strict))
        for (unit, now, reach), later in zip(rows.iter_rows(), after, strict=True)
    )
    return tuple((unit, round(count * lever.step, DECIMALS)) for unit, count in steps if count)


def _moved_value(edition: Edition, lever: Lever) -> nw.Expr:
    if lever.part is None:
        return judging.value(edition)
    return measures.named(edition.measure).parts[lever.part](**edition.with_)


def _reach(edition: Edition) -> nw.Expr:
    """Return the value that just holds: the threshold, less what still is on the line."""
    bound = judging.bound(edition)
    is_lower = edition.holds in (Holds.AT_MOST, Holds.ABOVE)
    return bound + judging.margin(bound) if is_lower else bound - judging.margin(bound)


def _steps(distance: float, effect: float, *, is_strict: bool) -> int:
    """Return the whole steps of an effect that cover a distance; 0 where it is covered."""
    if effect == 0 or distance / effect <= 0:
        return 0
    steps = distance / effect
    return floor(steps) + 1 if is_strict else ceil(steps)


def _lines_lacking(rule: Rule, grain: Frame) -> Gaps:
    """Return, for 6 of 7, how many lines are wanting and how many lie under the floor."""
    edition = rule.edition
    failing = judging.among(edition, grain).filter(
        judging.concerns(edition) & judging.is_reported(edition) & ~judging.holds(edition)
    )
    under = [_as_count(~reached) for reached in judging.reaches_share(edition)]
    rows = failing.select(
        "unit",
        wanting=judging.bound(edition) - judging.value(edition),
        under_floor=nw.sum_horizontal(*under),
    )
    return {
        unit: tuple(
            Gap(name, float(amount), "项")
            for name, amount in ((WANTING, wanting), (UNDER_FLOOR, under_floor))
            if amount > 0
        )
        for unit, wanting, under_floor in rows.iter_rows()
    }


def _as_count(condition: nw.Expr) -> nw.Expr:
    return nw.when(condition).then(nw.lit(1.0)).otherwise(nw.lit(0.0))


def _of_stages(rule: Rule, sections: Frame, held: Frame) -> Gaps:
    (lever,) = rule.line.levers
    failing = held.filter(nw.col("is_concerned") & nw.col("is_reported") & ~nw.col("is_held"))
    gaps: dict[str, tuple[Gap, ...]] = {}
    for row in failing.iter_rows(named=True):
        code, _, stage = row["unit"].partition(":")
        own = sections.filter(nw.col(GROUP[0]) == code, nw.col(GROUP[1]) == stage)
        counted = own.filter(stages.of_each_section(rule.edition))
        gaps[row["unit"]] = (_stage_gap(rule.edition, lever, counted, row),)
    return gaps


def _stage_gap(edition: Edition, lever: Lever, counted: Frame, row: Mapping[str, float]) -> Gap:
    if edition.of:
        ratio = stages.section_edition(edition)
        moved = counted.with_columns(nw.col(lever.figure) + lever.step)
        now, after = (
            frame.select(value=judging.value(ratio))["value"].to_list()
            for frame in (counted, moved)
        )
        sections = [
            Weighed(ratio=before, pupils=pupils, unit_effect=later - before)
            for before, later, pupils in zip(now, after, counted["students"].to_list(), strict=True)
        ]
        lift = smallest_lift(sections, at_most=row["bound"])
        amount = round(lift.units * lever.step, DECIMALS)
        return Gap(lever.name, amount, lever.unit, places=lift.sections)
    among = counted.select(
        among=measures.named("total").expression(figures=edition.with_["among"])
    )["among"].sum()
    reach = row["bound"] * (1 - judging.TOLERANCE) - judging.TOLERANCE
    steps = _steps(reach - row["value"], lever.step / among, is_strict=False)
    return Gap(lever.name, round(steps * lever.step, DECIMALS), lever.unit)
