"""The units a line applies to: named conditions over the columns of a grain."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import narwhals as nw

from junheng import wording
from junheng.domain import known_answers


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition: the columns it uses, and the answers it compares them with."""

    columns: tuple[str, ...]
    expression: Callable[..., nw.Expr]
    answers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


CONDITIONS: dict[str, Condition] = {}


class ConditionUnknown(LookupError):
    """The rulebook names a condition that does not exist."""


def condition(
    *columns: str, answers: Mapping[str, tuple[str, ...]] | None = None
) -> Callable[[Callable[..., nw.Expr]], Callable[..., nw.Expr]]:
    """Register a condition under its function's name, with the columns it uses."""

    def register(expression: Callable[..., nw.Expr]) -> Callable[..., nw.Expr]:
        CONDITIONS[expression.__name__] = Condition(columns, expression, answers or {})
        return expression

    return register


def named(name: str | None, parameters: dict[str, Any]) -> nw.Expr:
    """Return the condition of a name, always true for None."""
    if name is None:
        return nw.lit(True)
    if name not in CONDITIONS:
        raise ConditionUnknown(wording.packaged().judging.condition_unknown.format(name=name))
    return CONDITIONS[name].expression(**parameters)


@condition(
    "school_kind",
    "students",
    answers={
        "school_kind": (
            known_answers.TEACHING_POINT,
            known_answers.SPECIAL_SCHOOL,
            known_answers.VOCATIONAL_SCHOOL,
        )
    },
)
def counted_section(*, smallest_teaching_point: int) -> nw.Expr:
    """教督〔2017〕6号: 不含特殊教育学校、职业学校和不足50人的教学点; private schools are included.

    A school that has not reported counts until its number of pupils is known.
    """
    is_tiny_point = (nw.col("school_kind") == known_answers.TEACHING_POINT) & (
        nw.col("students").fill_null(smallest_teaching_point) < smallest_teaching_point
    )
    is_of_another_kind = nw.col("school_kind").is_in(
        (known_answers.SPECIAL_SCHOOL, known_answers.VOCATIONAL_SCHOOL)
    )
    return ~is_of_another_kind & ~is_tiny_point


@condition("school_kind", answers={"school_kind": (known_answers.SPECIAL_SCHOOL,)})
def not_special_school() -> nw.Expr:
    return nw.col("school_kind") != known_answers.SPECIAL_SCHOOL


@condition(
    "school_kind",
    "locale",
    "compulsory_students",
    answers={
        "school_kind": (known_answers.PRIMARY_SCHOOL, known_answers.TEACHING_POINT),
        "locale": (known_answers.RURAL,),
    },
)
def small_rural_school(*, students_below: int) -> nw.Expr:
    """村小和教学点 that are known to be small; a missing report is covered by SUB."""
    is_small_kind = nw.col("school_kind").is_in(
        (known_answers.PRIMARY_SCHOOL, known_answers.TEACHING_POINT)
    )
    is_village_school = is_small_kind & (nw.col("locale") == known_answers.RURAL)
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
        "ownership": (known_answers.PUBLIC,),
        "locale": (known_answers.URBAN, known_answers.TOWN),
        "school_kind": (known_answers.SPECIAL_SCHOOL,),
    },
)
def enrols_by_zone() -> nw.Expr:
    """公办、城区或镇区、非寄宿，不含特教: schools that must enrol the pupils of their zone.

    A school that has not reported counts until it is known to be a boarding school.
    """
    return (
        (nw.col("ownership") == known_answers.PUBLIC)
        & nw.col("locale").is_in((known_answers.URBAN, known_answers.TOWN))
        & (nw.col("school_kind") != known_answers.SPECIAL_SCHOOL)
        & (nw.col("is_boarding").fill_null(0.0) == 0)
    )
