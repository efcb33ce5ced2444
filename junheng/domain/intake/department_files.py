"""What a department's file brings: for whom, and which part of the form a csv file is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from junheng.domain.intake import department_reports, layouts, plan_task_rows, reporting_departments
from junheng.domain.intake.forms import DepartmentForm, Problem
from junheng.domain.intake.reporting_departments import ReportingDepartment
from junheng.domain.intake.sheets import Sheet, label_of
from junheng.domain.intake.submissions import Fault, Part, Reported


@dataclass(frozen=True, slots=True)
class DepartmentFile:
    """A file that came from departments: its name, and the sheets, None where it does not open."""

    stem: str
    sheets: tuple[Sheet, ...] | None
    is_csv: bool
    does_not_open: Fault | None = None


def read(
    file: DepartmentFile,
    departments: Sequence[ReportingDepartment],
    *,
    form: DepartmentForm,
    year: int,
) -> tuple[Reported, ...]:
    """Return what a file says for each department that it comes from."""
    senders = reporting_departments.sender(file.stem, file.sheets or (), departments)
    if not senders:
        unknown = department_reports.sender_unknown()
        return (replace(unknown, faults=(file.does_not_open or unknown.faults[0],)),)
    if file.sheets is None:
        part = part_named(file.stem, form) if file.is_csv else None
        fault = file.does_not_open or Fault(Problem.DOES_NOT_OPEN)
        return tuple(department_reports.refused(one, part, fault) for one in senders)
    sheets = _named_for_their_part(file, form) if file.is_csv else file.sheets
    if file.is_csv and not sheets:
        fault = department_reports.part_unknown(form)
        return tuple(department_reports.refused(one, None, fault) for one in senders)
    together = _together(senders, sheets, departments, form)
    return tuple(
        department_reports.read(
            sheets,
            one,
            form=form,
            year=year,
            is_workbook=not file.is_csv,
            together=together,
        )
        for one in together
    )


def _together(
    senders: tuple[ReportingDepartment, ...],
    sheets: Sequence[Sheet],
    departments: Iterable[ReportingDepartment],
    form: DepartmentForm,
) -> tuple[ReportingDepartment, ...]:
    """Return the senders, and whoever has become one with the sender and has its rows there too."""
    others = reporting_departments.made_one_with(senders[0], departments)
    possible = (*senders, *(one for one in others if one not in senders))
    sheet = layouts.sheet_named(sheets, form.plan_tasks_sheet)
    rows = () if sheet is None else department_reports.rows_of_plan_tasks(sheet, form)
    bringing = plan_task_rows.bringing(rows, possible)
    return tuple(one for one in possible if one in senders or one in bringing)


# Which part a csv is


def part_named(file_stem: str, form: DepartmentForm) -> Part | None:
    """Return the part whose sheet a file's name names, whatever else stands in it."""
    names = department_reports.sheet_names(form).items()
    return next((part for part, name in names if name in label_of(file_stem)), None)


def _named_for_their_part(file: DepartmentFile, form: DepartmentForm) -> tuple[Sheet, ...]:
    """Return a csv's sheet under the name that it has in a workbook; none where it is no part."""
    names = department_reports.sheet_names(form)
    known = ((sheet, part_of(sheet, file.stem, form)) for sheet in file.sheets or ())
    return tuple(replace(sheet, name=names[part]) for sheet, part in known if part is not None)


def part_of(sheet: Sheet, file_stem: str, form: DepartmentForm) -> Part | None:
    """Return which part of the form a csv is: by its header, its name, or most of a header."""
    headers: Mapping[Part, Sequence[str]] = {
        Part.FIGURES: (layouts.ITEM_COLUMN, layouts.VALUE_COLUMN),
        Part.PLAN_TASKS: tuple(form.plan_task_columns.values()),
        Part.PROJECTS: tuple(form.project_columns.values()),
    }
    for part, labels in headers.items():
        if layouts.columns_of(sheet, labels) is not None:
            return part
    named = part_named(file_stem, form)
    if named is not None:
        return named
    standing = {label_of(value) for row in sheet for value in row}
    if standing & form.by_label.keys():
        return Part.FIGURES
    for part in (Part.PLAN_TASKS, Part.PROJECTS):
        labels = headers[part]
        if 2 * sum(label_of(label) in standing for label in labels) >= len(labels):
            return part
    return None
