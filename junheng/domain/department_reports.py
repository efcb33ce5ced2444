"""Departments' yearly forms: items, plan tasks and building projects, from sheets to figures."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from junheng.domain import layouts
from junheng.domain.forms import NONE_MARKS, DepartmentForm, Item, ItemType, Problem
from junheng.domain.sheets import Sheet, address, half_width, text_of
from junheng.domain.submissions import Answer, Fault, Figure, Part, Reported, read_answer, split


@dataclass(frozen=True, slots=True)
class ReportingDepartment:
    """A department or town that must report: what it owes, and every name it has had."""

    id: str
    names: frozenset[str]
    items: tuple[Item, ...]
    plan_tasks: Mapping[int, str]

    @property
    def owed(self) -> frozenset[Part]:
        parts = {Part.FIGURES} if self.items else set()
        return frozenset(parts | ({Part.PLAN_TASKS} if self.plan_tasks else set()))


def sender(
    file_stem: str,
    departments: Iterable[ReportingDepartment],
) -> tuple[ReportingDepartment, ...]:
    """Return the departments whose name a file bears; two where a reform made them one.

    The name that the plan prints comes first: 区市场监管局 is itself, though 区食药监局 has since
    become a part of it.
    """
    name = (
        file_stem.split("_", maxsplit=1)[0]
        .split("（", maxsplit=1)[0]
        .split("(", maxsplit=1)[0]
        .strip()
    )
    everyone = tuple(departments)
    printed = tuple(one for one in everyone if one.id == name)
    return printed or tuple(one for one in everyone if name in one.names)


def read(
    sheets: Sequence[Sheet],
    department: ReportingDepartment,
    *,
    form: DepartmentForm,
    year: int,
    is_workbook: bool,
) -> Reported:
    """Return what a file says for a department; a csv file brings one part, a workbook all."""
    readers = {
        Part.FIGURES: (form.figures_sheet, _read_items),
        Part.PLAN_TASKS: (form.plan_tasks_sheet, _read_plan_tasks),
        Part.PROJECTS: (form.projects_sheet, _read_projects),
    }
    parts: set[Part] = set()
    read_so_far: list[Figure | Fault] = []
    for part, (name, reader) in readers.items():
        sheet = layouts.sheet_named(sheets, name)
        if sheet is not None:
            parts.add(part)
            read_so_far.extend(reader(sheet, department, form))
            other_year = layouts.other_year(sheet, year)
            read_so_far.extend([other_year] if other_year else [])
        elif part in department.owed and is_workbook:
            parts.add(part)
            read_so_far.append(Fault(Problem.SHEET_MISSING, details={"sheet": name}))
    figures, faults = split(read_so_far)
    return Reported(department.id, frozenset(parts), figures, faults)


def unopened(department: ReportingDepartment) -> Reported:
    return Reported(department.id, department.owed, (), (Fault(Problem.DOES_NOT_OPEN),))


def sender_unknown() -> Reported:
    return Reported(None, frozenset(), (), (Fault(Problem.SENDER_UNKNOWN),))


def _read_items(
    sheet: Sheet,
    department: ReportingDepartment,
    form: DepartmentForm,
) -> Iterable[Figure | Fault]:
    answers, faults = layouts.answers_by_item(sheet, form)
    yield from faults if department.items else ()
    for item in department.items:
        if item.key in answers:
            yield read_answer(item, answers[item.key])
        elif not faults:
            yield Fault(Problem.ITEM_MISSING, sheet=sheet.name, item=item.label)


def _rows(sheet: Sheet, columns: Mapping[str, str]) -> Iterable[dict[str, Answer]]:
    header = layouts.columns_of(sheet, columns.values())
    if header is None:
        return
    start, places = header
    for number, _ in layouts.rows_below(sheet, start):
        yield {
            key: Answer(
                sheet.cell(number, places[label]),
                sheet.name,
                address(number, places[label]),
            )
            for key, label in columns.items()
        }


def _read_plan_tasks(
    sheet: Sheet,
    department: ReportingDepartment,
    form: DepartmentForm,
) -> Iterable[Figure | Fault]:
    columns = form.plan_task_columns
    if layouts.columns_of(sheet, columns.values()) is None and department.plan_tasks:
        yield Fault(Problem.SHEET_MISSING, details={"sheet": form.plan_tasks_sheet})
        return
    progress = Item(
        key="progress",
        label=columns["progress"],
        category=form.plan_tasks_sheet,
        type=ItemType.CHOICE,
        choices=form.plan_task_progress,
    )
    seen: set[int] = set()
    for row in _rows(sheet, columns):
        number = _task_number(row["number"])
        if number not in department.plan_tasks:
            yield _row_fault(Problem.PLAN_TASK_UNKNOWN, row["number"], columns["number"])
            continue
        sender_name = text_of(row["department"].value)
        if sender_name not in department.names:
            details = {"expected": department.id}
            yield _row_fault(
                Problem.OTHER_DEPARTMENT,
                row["department"],
                columns["department"],
                details,
            )
        if number in seen:
            yield _row_fault(Problem.ITEM_TWICE, row["number"], columns["number"])
        seen.add(number)
        yield read_answer(progress, row["progress"], subject=str(number))
        yield _stated(row["action"], "action", str(number))
        yield _stated(row["evidence"], "evidence", str(number))
    for number in sorted(department.plan_tasks.keys() - seen):
        details = {"expected": f"{number}.{department.plan_tasks[number]}"}
        yield Fault(Problem.PLAN_TASK_MISSING, sheet.name, "", columns["number"], "", details)


def _task_number(answer: Answer) -> int:
    text = half_width(text_of(answer.value)).rstrip(".、")
    return int(text) if text.isdigit() else 0


def _row_fault(
    problem: Problem,
    answer: Answer,
    item: str,
    details: Mapping[str, str] | None = None,
) -> Fault:
    return Fault(problem, answer.sheet, answer.cell, item, text_of(answer.value), details or {})


def _stated(answer: Answer, key: str, subject: str) -> Figure:
    text = text_of(answer.value)
    return Figure(
        subject,
        key,
        None,
        None if text in NONE_MARKS else text or None,
        answer.sheet,
        answer.cell,
    )


def _read_projects(
    sheet: Sheet,
    _department: ReportingDepartment,
    form: DepartmentForm,
) -> Iterable[Figure | Fault]:
    columns = form.project_columns
    seen: set[str] = set()
    for row in _rows(sheet, columns):
        name = text_of(row["name"].value)
        if not name or name in seen:
            problem = Problem.ITEM_TWICE if name else Problem.BLANK
            yield _row_fault(problem, row["name"], columns["name"])
        seen.add(name)
        for key in (key for key in columns if key.startswith("joined_")):
            stage = Item(
                key=key,
                label=columns[key],
                category=form.projects_sheet,
                type=ItemType.BOOL,
                choices=("是", "否"),
            )
            yield read_answer(stage, row[key], subject=name)
