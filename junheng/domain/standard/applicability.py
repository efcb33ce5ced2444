"""Whom a line concerns: named conditions over the columns of a grain."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import narwhals as nw


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition: the columns it looks at, and the answers it knows them by."""

    columns: tuple[str, ...]
    expression: Callable[..., nw.Expr]
    answers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


CONDITIONS: dict[str, Condition] = {}


class ConditionUnknown(LookupError):
    """The rulebook names a condition that nobody has written."""


def condition(
    *columns: str, answers: Mapping[str, tuple[str, ...]] | None = None
) -> Callable[[Callable[..., nw.Expr]], Callable[..., nw.Expr]]:
    """Register a condition under its function's name, with the columns it looks at."""

    def register(expression: Callable[..., nw.Expr]) -> Callable[..., nw.Expr]:
        CONDITIONS[expression.__name__] = Condition(columns, expression, answers or {})
        return expression

    return register


def named(name: str | None, parameters: dict[str, Any]) -> nw.Expr:
    """Return the condition of a name, true for all where there is none."""
    if name is None:
        return nw.lit(True)
    if name not in CONDITIONS:
        raise ConditionUnknown(f"没有名为 {name} 的适用条件")
    return CONDITIONS[name].expression(**parameters)


@condition(
    "school_kind", "students", answers={"school_kind": ("教学点", "特殊教育学校", "职业学校")}
)
def counted_section(*, smallest_teaching_point: int) -> nw.Expr:
    """教督〔2017〕6号: 不含特殊教育学校、职业学校和不足50人的教学点; private schools are in.

    A school that has not reported is counted until its pupils are known.
    """
    is_tiny_point = (nw.col("school_kind") == "教学点") & (
        nw.col("students").fill_null(smallest_teaching_point) < smallest_teaching_point
    )
    return ~nw.col("school_kind").is_in(("特殊教育学校", "职业学校")) & ~is_tiny_point


@condition("school_kind", answers={"school_kind": ("特殊教育学校",)})
def not_special_school() -> nw.Expr:
    return nw.col("school_kind") != "特殊教育学校"


@condition(
    "school_kind",
    "locale",
    "compulsory_students",
    answers={"school_kind": ("小学", "教学点"), "locale": ("乡村",)},
)
def small_rural_school(*, students_below: int) -> nw.Expr:
    """村小和教学点: only what is known to be small; a missing school is asked for under SUB."""
    is_village_school = nw.col("school_kind").is_in(("小学", "教学点")) & (
        nw.col("locale") == "乡村"
    )
    students = nw.col("compulsory_students").fill_null(students_below)
    return is_village_school & (students < students_below)


@condition("number")
def of_plan_task(*, number: int) -> nw.Expr:
    return nw.col("number") == number


@condition(
    "ownership",
    "locale",
    "school_kind",
    "is_boarding",
    answers={
        "ownership": ("公办",),
        "locale": ("城区", "镇区"),
        "school_kind": ("特殊教育学校",),
    },
)
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
