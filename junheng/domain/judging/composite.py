"""A line that combines others: how many a unit meets, and whether the rest reach their floor.

教督〔2017〕6号 第六条: 每所学校至少6项指标达到要求，余项不能低于要求的85%.
"""

from functools import reduce
from operator import add

import narwhals as nw

from junheng.domain.judging import thresholds
from junheng.domain.judging.thresholds import Frame
from junheng.domain.standard.standard import Edition

LINES_MET = "lines_met"


def is_combined(edition: Edition) -> bool:
    return edition.measure == LINES_MET


def held_frame(edition: Edition, grain: Frame) -> Frame:
    """Return a row for each unit, compared as for any line, with `lines_under_floor` added.

    `value_<n>` and `bound_<n>` are the value and threshold of the nth line of the unit.
    """
    share = float(edition.also_with["share"])
    lines = edition.editions_of
    measured = thresholds.among(edition, grain).select(
        "unit",
        "owner",
        # Each value is computed once: it is compared with its threshold and with its floor.
        *(thresholds.value(line).alias(f"value_{number}") for number, line in enumerate(lines)),
        *(thresholds.bound(line).alias(f"bound_{number}") for number, line in enumerate(lines)),
        is_concerned=thresholds.concerns(edition),
        is_reported=thresholds.is_reported(edition),
    )
    meets = [_compared(line, number, 1) for number, line in enumerate(lines)]
    reaches = [_compared(line, number, share) for number, line in enumerate(lines)]
    counted = measured.with_columns(
        value=reduce(add, (met.cast(nw.Float64()) for met in meets)),
        bound=thresholds.bound(edition),
        lines_under_floor=reduce(add, ((~reached).cast(nw.Float64()) for reached in reaches)),
    )
    return thresholds.held(
        edition, counted.with_columns(is_met_beside=nw.col("lines_under_floor") == 0)
    )


def _compared(line: Edition, number: int, share: float) -> nw.Expr:
    bound = nw.col(f"bound_{number}") * share
    return thresholds.compared(
        line.holds, nw.col(f"value_{number}"), thresholds.reach(line.holds, bound)
    )
