"""The yearly forms as data: their items, the responsible reporters, and parsing of answers."""

import re
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from math import isfinite

from pydantic import Field

from junheng.domain.intake.sheets import (
    BrokenCell,
    CellValue,
    code_of,
    half_width,
    label_of,
    text_of,
)
from junheng.values import Frozen


class ItemType(StrEnum):
    """The type of an item's answer; a count is whole, an amount any number."""

    TEXT = "text"
    CODE = "code"
    CHOICE = "choice"
    BOOL = "bool"
    COUNT = "count"
    AMOUNT = "amount"


class Problem(StrEnum):
    """Kinds of faults in submissions; config/wording/faults.yaml has the Chinese sentences."""

    BLANK = "blank"
    NOT_A_COUNT = "not_a_count"
    NOT_AN_AMOUNT = "not_an_amount"
    NEGATIVE = "negative"
    NOT_A_CHOICE = "not_a_choice"
    NO_VALUE = "no_value"
    ITEM_MISSING = "item_missing"
    ITEM_TWICE = "item_twice"
    CODE_NOT_ON_REGISTER = "code_not_on_register"
    CODE_OF_ANOTHER = "code_of_another"
    FILE_OF_ANOTHER = "file_of_another"
    SCHOOL_TWICE = "school_twice"
    SHEET_MISSING = "sheet_missing"
    HEADER_MISSING = "header_missing"
    PART_UNKNOWN = "part_unknown"
    OTHER_YEAR = "other_year"
    CLASSES_DO_NOT_ADD_UP = "classes_do_not_add_up"
    CLASS_TWICE = "class_twice"
    DEGREES_EXCEED_TEACHERS = "degrees_exceed_teachers"
    DOES_NOT_OPEN = "does_not_open"
    PLAN_TASK_MISSING = "plan_task_missing"
    PLAN_TASK_UNKNOWN = "plan_task_unknown"
    OTHER_DEPARTMENT = "other_department"
    SENDER_UNKNOWN = "sender_unknown"


class AnswerRefused(ValueError):
    """We cannot count an answer, because of a problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.value)
        self.problem = problem


class Item(Frozen):
    """One item of a form."""

    key: str
    label: str
    category: str
    type: ItemType
    unit: str = ""
    choices: tuple[str, ...] = ()
    required: bool = True
    may_be_negative: bool = False
    department: str | None = None

    @property
    def is_number(self) -> bool:
        return self.type in (ItemType.COUNT, ItemType.AMOUNT)

    def read(self, value: CellValue) -> "float | str | None":
        """Return the figure in a cell: a number, or text; None for optional blank text.

        Raises:
            AnswerRefused: the cell has no valid answer to this item.

        """
        text = code_of(value) if self.type is ItemType.CODE else text_of(value)
        # ="3370405001" is a code, whether or not the formula was calculated.
        is_code = self.type is ItemType.CODE and text.isdigit()
        if isinstance(value, BrokenCell) and not is_code:
            raise AnswerRefused(Problem.NO_VALUE)
        if not text:
            if self.required:
                raise AnswerRefused(Problem.BLANK)
            return 0.0 if self.is_number else None
        if self.is_number:
            return self._number(value, text)
        if self.choices and text not in self.choices:
            raise AnswerRefused(Problem.NOT_A_CHOICE)
        return text

    def _number(self, value: CellValue, text: str) -> float:
        if isinstance(value, int | float) and not isinstance(value, bool):
            number: float | None = float(value)
        else:
            number = number_in(text, unit=self.unit)
        if number is not None and number < 0 and not self.may_be_negative:
            raise AnswerRefused(Problem.NEGATIVE)
        if self.type is ItemType.COUNT and (number is None or not number.is_integer()):
            raise AnswerRefused(Problem.NOT_A_COUNT)
        if number is None or not isfinite(number):
            raise AnswerRefused(Problem.NOT_AN_AMOUNT)
        return number


# 「—」「－」「/」「无」「*」 mean none in any count or amount.
NONE_MARKS = frozenset({"—", "——", "－", "-", "/", "／", "无", "*", "＊"})
PERCENT = "%"
_PLAIN = re.compile(r"-?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?")
_SAME_UNIT = {"平方米": ("平方米", "平米", "㎡", "m²", "m2", "M²", "M2")}


def number_in(text: str, *, unit: str) -> float | None:
    """Parse a number in the notations that offices use, None if the text is not a number.

    Full-width digits, thousands separators and the item's own unit after the number are accepted;
    约300, 2e3 and 1,2 are not numbers. If the item has no unit, 85% is 0.85.
    """
    if text in NONE_MARKS:
        return 0.0
    plain = half_width(text)
    names = map(half_width, _SAME_UNIT.get(unit, (unit,)))
    written = next((name for name in names if name and plain.endswith(name)), "")
    if not unit and plain.endswith(PERCENT):
        written = PERCENT
    plain = plain.removesuffix(written).strip() if written else plain
    if not _PLAIN.fullmatch(plain):
        return None
    number = Decimal(plain.replace(",", ""))
    return float(number / 100 if written == PERCENT and not unit else number)


class Form(Frozen):
    """The common base of both yearly forms: items, found by their printed label."""

    title: str
    reported_by: str
    figures_sheet: str
    items: tuple[Item, ...] = Field(min_length=1)

    @cached_property
    def by_label(self) -> Mapping[str, Item]:
        return {label_of(item.label): item for item in self.items}

    @cached_property
    def by_key(self) -> Mapping[str, Item]:
        return {item.key: item for item in self.items}


class DegreeSum(Frozen):
    """Figures that together may not exceed another: degrees and full-time teachers."""

    parts: tuple[str, ...]
    at_most: str


class SchoolForm(Form):
    """The yearly form of schools, for the single form and the summary."""

    summary_sheet: str
    classes_sheet: str
    class_columns: dict[str, str]
    stages: tuple[str, ...]
    sections: dict[str, str]
    section_weights: dict[str, dict[str, float]]
    expected_sections: dict[str, tuple[str, ...]]
    class_totals: dict[str, str]
    class_totals_where_listed: dict[str, str]
    degree_sums: tuple[DegreeSum, ...]


class DepartmentForm(Form):
    """The yearly form of departments: items, plan tasks, building projects."""

    plan_tasks_sheet: str
    plan_task_columns: dict[str, str]
    plan_task_progress: tuple[str, ...]
    projects_sheet: str
    project_columns: dict[str, str]
    subjects: dict[str, str]

    def items_of(self, department: str) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.department == department)
