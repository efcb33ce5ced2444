"""Parses departments' yearly forms: items, plan tasks and building projects."""

from collections.abc import Iterable, Mapping, Sequence

from junheng.domain.intake import layouts, plan_task_rows
from junheng.domain.intake.forms import NONE_MARKS, DepartmentForm, Item, ItemType, Problem
from junheng.domain.intake.reporting_departments import ReportingDepartment
from junheng.domain.intake.sheets import Sheet, address, text_of
from junheng.domain.intake.submissions import (
    Answer,
    Fault,
    Figure,
    Part,
    Reported,
    read_answer,
    split,
)
from junheng.domain.known_answers import YES_OR_NO


def sheet_names(form: DepartmentForm) -> dict[Part, str]:
    """Return the sheet name of each part of the form."""
    return {
        Part.FIGURES: form.figures_sheet,
        Part.PLAN_TASKS: form.plan_tasks_sheet,
        Part.PROJECTS: form.projects_sheet,
    }


def read(
    sheets: Sequence[Sheet],
    department: ReportingDepartment,
    *,
    form: DepartmentForm,
    year: int,
    is_workbook: bool,
    together: Sequence[ReportingDepartment] = (),
) -> Reported:
    """Return a department's report in a file; a csv file has one part, a workbook all parts.

    `together` are all departments whose rows the file contains, including this one.
    """
    readers = {
        Part.FIGURES: lambda sheet: _read_items(sheet, department, form, year),
        Part.PLAN_TASKS: lambda sheet: _read_plan_tasks(
            sheet, department, form, year, together or (department,)
        ),
        Part.PROJECTS: lambda sheet: _read_projects(sheet, form, year),
    }
    parts: set[Part] = set()
    read_so_far: list[Figure | Fault] = []
    for part, name in sheet_names(form).items():
        sheet = layouts.sheet_named(sheets, name)
        if sheet is not None:
            parts.add(part)
            read_so_far.extend(readers[part](sheet))
        elif part in department.owed and is_workbook:
            parts.add(part)
            read_so_far.append(Fault(Problem.SHEET_MISSING, details={"sheet": name}))
    figures, faults = split(read_so_far)
    return Reported(department.id, frozenset(parts), figures, faults)


def refused(department: ReportingDepartment, part: Part | None, fault: Fault) -> Reported:
    """Return the report of an unreadable file, for the given part or else for all owed parts."""
    parts = department.owed if part is None else frozenset({part})
    return Reported(department.id, parts, (), (fault,))


def part_unknown(form: DepartmentForm) -> Fault:
    named = "、".join(f"“{name}”" for name in sheet_names(form).values())
    return Fault(Problem.PART_UNKNOWN, details={"sheets": named})


def sender_unknown() -> Reported:
    return Reported(None, frozenset(), (), (Fault(Problem.SENDER_UNKNOWN),))


def _read_items(
    sheet: Sheet,
    department: ReportingDepartment,
    form: DepartmentForm,
    year: int,
) -> Iterable[Figure | Fault]:
    header = layouts.item_header(sheet)
    if header is None:
        if department.items:
            yield layouts.item_header_missing(sheet)
        return
    yield from _other_year(sheet, year, header)
    answers, faults = layouts.answers_by_item(sheet, form, header)
    yield from faults if department.items else ()
    for item in department.items:
        if item.key in answers:
            yield read_answer(item, answers[item.key])
        else:
            yield Fault(Problem.ITEM_MISSING, sheet=sheet.name, item=item.label)


def _other_year(sheet: Sheet, year: int, header: layouts.Header) -> Iterable[Fault]:
    fault = layouts.other_year(sheet, year, above=header[0])
    return () if fault is None else (fault,)


def _rows(
    sheet: Sheet,
    columns: Mapping[str, str],
    header: layouts.Header,
    *,
    name: str,
) -> tuple[dict[str, Answer], ...]:
    start, places = header
    return tuple(
        {
            key: Answer(
                sheet.cell(number, places[label]),
                sheet.name,
                address(number, places[label]),
            )
            for key, label in columns.items()
        }
        for number, _ in layouts.rows_below(sheet, start, name=places[columns[name]])
    )


def rows_of_plan_tasks(sheet: Sheet, form: DepartmentForm) -> tuple[dict[str, Answer], ...]:
    """Return the rows of 重点任务落实情况, none if it has no header."""
    header = layouts.columns_of(sheet, form.plan_task_columns.values())
    return () if header is None else _rows(sheet, form.plan_task_columns, header, name="number")


def _read_plan_tasks(
    sheet: Sheet,
    department: ReportingDepartment,
    form: DepartmentForm,
    year: int,
    together: Sequence[ReportingDepartment],
) -> Iterable[Figure | Fault]:
    header = layouts.columns_of(sheet, form.plan_task_columns.values())
    if header is None:
        if department.plan_tasks:
            yield layouts.header_missing(sheet, form.plan_task_columns.values())
        return
    yield from _other_year(sheet, year, header)
    rows = rows_of_plan_tasks(sheet, form)
    seen: set[int] = set()
    for row in plan_task_rows.of(department, rows, together):
        number = plan_task_rows.number_of(row)
        if number not in department.plan_tasks:
            yield _row_fault(Problem.PLAN_TASK_UNKNOWN, row["number"], form, "number")
            continue
        if not plan_task_rows.is_of(department, row):
            details = {"expected": department.id}
            yield _row_fault(
                Problem.OTHER_DEPARTMENT, row["department"], form, "department", details
            )
        if number in seen:
            yield _row_fault(Problem.ITEM_TWICE, row["number"], form, "number")
        seen.add(number)
        yield from _stated_of_task(row, form, str(number))
    for number in sorted(department.plan_tasks.keys() - seen):
        details = {"expected": f"{number}.{department.plan_tasks[number]}"}
        label = form.plan_task_columns["number"]
        yield Fault(Problem.PLAN_TASK_MISSING, sheet.name, "", label, "", details)


def _stated_of_task(
    row: Mapping[str, Answer],
    form: DepartmentForm,
    subject: str,
) -> Iterable[Figure | Fault]:
    progress = Item(
        key="progress",
        label=form.plan_task_columns["progress"],
        category=form.plan_tasks_sheet,
        type=ItemType.CHOICE,
        choices=form.plan_task_progress,
    )
    yield read_answer(progress, row["progress"], subject=subject)
    yield _stated(row["action"], "action", subject)
    yield _stated(row["evidence"], "evidence", subject)


def _row_fault(
    problem: Problem,
    answer: Answer,
    form: DepartmentForm,
    column: str,
    details: Mapping[str, str] | None = None,
) -> Fault:
    item = (form.plan_task_columns | form.project_columns)[column]
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


def _read_projects(sheet: Sheet, form: DepartmentForm, year: int) -> Iterable[Figure | Fault]:
    columns = form.project_columns
    header = layouts.columns_of(sheet, columns.values())
    if header is None:
        # An empty sheet means that there are no projects.
        if any(text_of(value) for row in sheet for value in row):
            yield layouts.header_missing(sheet, columns.values())
        return
    yield from _other_year(sheet, year, header)
    seen: set[str] = set()
    for row in _rows(sheet, columns, header, name="name"):
        name = text_of(row["name"].value)
        if not name or name in seen:
            problem = Problem.ITEM_TWICE if name else Problem.BLANK
            yield _row_fault(problem, row["name"], form, "name")
        seen.add(name)
        for key in (key for key in columns if key.startswith("joined_")):
            stage = Item(
                key=key,
                label=columns[key],
                category=form.projects_sheet,
                type=ItemType.BOOL,
                choices=YES_OR_NO,
            )
            yield read_answer(stage, row[key], subject=name)
