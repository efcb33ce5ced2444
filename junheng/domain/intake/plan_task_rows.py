"""Assigns the rows of 重点任务落实情况 to departments, if one file has those of several."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from junheng.domain.intake import file_names
from junheng.domain.intake.reporting_departments import ReportingDepartment
from junheng.domain.intake.sheets import half_width, text_of
from junheng.domain.intake.submissions import Answer

Row = Mapping[str, Answer]


def number_of(row: Row) -> int:
    """Return the number of a row's plan task, 0 if it names none."""
    text = half_width(text_of(row["number"].value)).rstrip(".、")
    return int(text) if text.isdecimal() else 0


def is_of(department: ReportingDepartment, row: Row) -> bool:
    return department.is_named_in(text_of(row["department"].value))


def of(
    department: ReportingDepartment,
    rows: Sequence[Row],
    together: Sequence[ReportingDepartment],
) -> tuple[Row, ...]:
    """Return the rows of one of the departments that report together."""
    owners = _owners(rows, together)
    return tuple(
        row for row, departments in zip(rows, owners, strict=True) if department in departments
    )


def bringing(
    rows: Sequence[Row],
    together: Sequence[ReportingDepartment],
) -> tuple[ReportingDepartment, ...]:
    """Return the departments that have at least one row."""
    owners = [owner for departments in _owners(rows, together) for owner in departments]
    return tuple(department for department in together if department in owners)


def _owners(
    rows: Iterable[Row],
    together: Sequence[ReportingDepartment],
) -> Iterator[Sequence[ReportingDepartment]]:
    known = frozenset(name for department in together for name in department.names)
    keys = [(number_of(row), _name_in(row, known)) for row in rows]
    alike = Counter(keys)
    seen: Counter[tuple[int, str]] = Counter()
    for key in keys:
        yield _owners_of(key, together, position=seen[key], of=alike[key])
        seen[key] += 1


def _name_in(row: Row, known: Iterable[str]) -> str:
    return next(iter(file_names.names_in(text_of(row["department"].value), known)), "")


def _owners_of(
    key: tuple[int, str],
    together: Sequence[ReportingDepartment],
    *,
    position: int,
    of: int,
) -> Sequence[ReportingDepartment]:
    """Return the departments of the row at `position` among the `of` rows with its number and name.

    The plan's own name belongs to one department; a name that a reform gave to several belongs to
    each of them. Several rows with the same name are assigned to them in order.
    """
    number, name = key
    named = sorted(
        (department for department in together if name in department.names),
        key=lambda department: department.id != name,
    )
    owing = [department for department in named if number in department.plan_tasks] or named
    if not owing:
        return together[:1]
    if of == 1:
        return owing[:1] if owing[0].id == name else owing
    return (owing[min(position, len(owing) - 1)],)
