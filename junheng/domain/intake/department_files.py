"""Files of departments: the departments they report for, and the form part of a csv file."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from junheng.domain.intake import department_reports, layouts, plan_task_rows, reporting_departments
from junheng.domain.intake.forms import DepartmentForm, Problem
from junheng.domain.intake.reporting_departments import ReportingDepartment
from junheng.domain.intake.sheets import Sheet, label_of
from junheng.domain.intake.submissions import Fault, Part, Reported


@dataclass(frozen=True, slots=True)
class DepartmentFile:
    """A file from departments: its name, and its sheets, None if it does not open."""

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
    """Return the reports in a file, one for each department that it comes from."""
    senders = reporting_departments.sender(file.stem, file.sheets or (), departments)
    if not senders:
        unknown = department_reports.sender_unknown()
        return (replace(unknown, faults=(file.does_not_open or unknown.faults[0],)),)
    if file.sheets is None:
        part = part_named(file.stem, form) if file.is_csv else None
        fault = file.does_not_open or Fault(Problem.DOES_NOT_OPEN)
        return tuple(department_reports.refused(sender, part, fault) for sender in senders)
    sheets = _named_for_their_part(file, form) if file.is_csv else file.sheets
    if file.is_csv and not sheets:
        fault = department_reports.part_unknown(form)
        return tuple(department_reports.refused(sender, None, fault) for sender in senders)
    together = _together(senders, sheets, departments, form)
    return tuple(
        department_reports.read(
            sheets,
            department,
            form=form,
            year=year,
            is_workbook=not file.is_csv,
            together=together,
        )
        for department in together
    )


def _together(
    senders: tuple[ReportingDepartment, ...],
    sheets: Sequence[Sheet],
    departments: Iterable[ReportingDepartment],
    form: DepartmentForm,
) -> tuple[ReportingDepartment, ...]:
    """Return the senders, and departments merged with them whose rows the file contains."""
    others = reporting_departments.merged_with(senders[0], departments)
    possible = (*senders, *(other for other in others if other not in senders))
    sheet = layouts.sheet_named(sheets, form.plan_tasks_sheet)
    rows = () if sheet is None else department_reports.rows_of_plan_tasks(sheet, form)
    bringing = plan_task_rows.bringing(rows, possible)
    return tuple(
        department for department in possible if department in senders or department in bringing
    )


# Which part a csv is


def part_named(file_stem: str, form: DepartmentForm) -> Part | None:
    """Return the part whose sheet name is contained in a file's name."""
    names = department_reports.sheet_names(form).items()
    return next((part for part, name in names if name in label_of(file_stem)), None)


def _named_for_their_part(file: DepartmentFile, form: DepartmentForm) -> tuple[Sheet, ...]:
    """Return a csv's sheet with its name in a workbook, none if it is not a part of the form."""
    names = department_reports.sheet_names(form)
    known = ((sheet, part_of(sheet, file.stem, form)) for sheet in file.sheets or ())
    return tuple(replace(sheet, name=names[part]) for sheet, part in known if part is not None)


def part_of(sheet: Sheet, file_stem: str, form: DepartmentForm) -> Part | None:
    """Return the form part of a csv: by its header, its name, or the majority of a header."""
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
    present = {label_of(value) for row in sheet for value in row}
    if present & form.by_label.keys():
        return Part.FIGURES
    for part in (Part.PLAN_TASKS, Part.PROJECTS):
        labels = headers[part]
        if 2 * sum(label_of(label) in present for label in labels) >= len(labels):
            return part
    return None
