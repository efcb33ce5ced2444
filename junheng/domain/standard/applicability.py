"""Whom a line concerns: named conditions over the columns of a grain."""

from collections.abc import Callable
from typing import Any

import narwhals as nw

CONDITIONS: dict[str, Callable[..., nw.Expr]] = {}


class ConditionUnknown(LookupError):
    """The rulebook names a condition that nobody has written."""


def condition(expression: Callable[..., nw.Expr]) -> Callable[..., nw.Expr]:
    """Register a condition under its function's name."""
    CONDITIONS[expression.__name__] = expression
    return expression


def named(name: str | None, parameters: dict[str, Any]) -> nw.Expr:
    """Return the condition of a name, true for all where there is none."""
    if name is None:
        return nw.lit(True)
    if name not in CONDITIONS:
        raise ConditionUnknown(f"没有名为 {name} 的适用条件")
    return CONDITIONS[name](**parameters)


@condition
def counted_section(*, smallest_teaching_point: int) -> nw.Expr:
    """教督〔2017〕6号: 不含特殊教育学校、职业学校和不足50人的教学点; private schools are in.

    A school that has not reported is counted until its pupils are known.
    """
    is_tiny_point = (nw.col("school_kind") == "教学点") & (
        nw.col("students").fill_null(smallest_teaching_point) < smallest_teaching_point
    )
    return ~nw.col("school_kind").is_in(("特殊教育学校", "职业学校")) & ~is_tiny_point


@condition
def not_special_school() -> nw.Expr:
    return nw.col("school_kind") != "特殊教育学校"


@condition
def small_rural_school(*, students_below: int) -> nw.Expr:
    """村小和教学点: only what is known to be small; a missing school is asked for under SUB."""
    is_village_school = nw.col("school_kind").is_in(("小学", "教学点")) & (
        nw.col("locale") == "乡村"
    )
    students = nw.col("compulsory_students").fill_null(students_below)
    return is_village_school & (students < students_below)


@condition
def of_plan_task(*, number: int) -> nw.Expr:
    return nw.col("number") == number


@condition
def enrols_by_zone() -> nw.Expr:
    """公办、城区或镇区、非寄宿，不含特教: schools that must take the pupils of their zone.

    A school that has not reported counts until it is known to board its pupils.
    """
    return (
        (nw.col("ownership") == "公办")
        & nw.col("locale").is_in(("城区", "镇区"))
        & (nw.col("school_kind") != "特殊教育学校")
        & (nw.col("is_boarding").fill_null(0.0) == 0)
    )
