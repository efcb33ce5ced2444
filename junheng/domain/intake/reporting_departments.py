"""The departments and towns that must report, and the sender of a file."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from junheng.domain.intake import file_names
from junheng.domain.intake.forms import Item
from junheng.domain.intake.sheets import Sheet, label_of
from junheng.domain.intake.submissions import Part


@dataclass(frozen=True, slots=True)
class ReportingDepartment:
    """A department or town that must report: its items and tasks, and all its names."""

    id: str
    names: frozenset[str]
    items: tuple[Item, ...]
    plan_tasks: Mapping[int, str]

    @property
    def owed(self) -> frozenset[Part]:
        parts = {Part.FIGURES} if self.items else set()
        return frozenset(parts | ({Part.PLAN_TASKS} if self.plan_tasks else set()))

    def is_named_in(self, text: str) -> bool:
        return bool(file_names.names_in(text, self.names))


_STATED = re.compile(r"(填报|报送)单位(\(.*?\))*:(?P<name>.*)")
_ROWS_OF_A_TITLE = 6
_A_SCHOOL = "(镇|乡|街道).*?(小学|中学|教学点|一贯制学校|实验学校|特殊教育学校|幼儿园)"


def sender(
    file_stem: str,
    sheets: Iterable[Sheet],
    departments: Iterable[ReportingDepartment],
) -> tuple[ReportingDepartment, ...]:
    """Return the departments whose name a file has; several if a reform merged them.

    The longest known name in the file's name decides, or 填报单位 inside if the file's name has
    none or more than one. The name in the plan takes precedence: 区市场监管局 is itself, although
    区食药监局 has since been merged into it.
    """
    all_departments = tuple(departments)
    known = frozenset(name for department in all_departments for name in department.names)
    # A school's file in the wrong folder does not belong to its town.
    is_school = re.search(_A_SCHOOL, file_names.plain_name(file_stem))
    named = () if is_school else file_names.names_in(file_stem, known)
    if len(named) != 1:
        named = _stated_inside(sheets, known) or named
    if not named:
        return ()
    printed = tuple(department for department in all_departments if department.id == named[0])
    return printed or tuple(
        department for department in all_departments if named[0] in department.names
    )


def _stated_inside(sheets: Iterable[Sheet], known: frozenset[str]) -> tuple[str, ...]:
    """Return the known names after 填报单位： above the tables."""
    for sheet in sheets:
        for row in sheet.rows[:_ROWS_OF_A_TITLE]:
            labels = [label_of(value) for value in row]
            for column, label in enumerate(labels):
                stated = _STATED.match(label)
                # The name may be in the next cell.
                beside = (other for other in labels[column + 1 :] if other)
                name = "" if stated is None else stated["name"] or next(beside, "")
                named = file_names.names_in(name, known)
                if named:
                    return named
    return ()


def merged_with(
    department: ReportingDepartment,
    departments: Iterable[ReportingDepartment],
) -> Sequence[ReportingDepartment]:
    """Return the other departments that share a name with a department."""
    return tuple(
        other for other in departments if other != department and other.names & department.names
    )
