"""Whose each row of 重点任务落实情况 is, where one file brings the rows of several departments."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from junheng.domain.intake import file_names
from junheng.domain.intake.reporting_departments import ReportingDepartment
from junheng.domain.intake.sheets import half_width, text_of
from junheng.domain.intake.submissions import Answer

Row = Mapping[str, Answer]


def number_of(row: Row) -> int:
    """Return the number of the plan task that a row is about, 0 where it names none."""
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
    return tuple(row for row, its in zip(rows, owners, strict=True) if department in its)


def bringing(
    rows: Sequence[Row],
    together: Sequence[ReportingDepartment],
) -> tuple[ReportingDepartment, ...]:
    """Return those of the departments that have a row of their own."""
    owners = [one for its in _owners(rows, together) for one in its]
    return tuple(one for one in together if one in owners)


def _owners(
    rows: Iterable[Row],
    together: Sequence[ReportingDepartment],
) -> Iterator[Sequence[ReportingDepartment]]:
    known = frozenset(name for one in together for name in one.names)
    keys = [(number_of(row), _name_in(row, known)) for row in rows]
    alike = Counter(keys)
    seen: Counter[tuple[int, str]] = Counter()
    for key in keys:
        yield _owners_of(key, together, at=seen[key], of=alike[key])
        seen[key] += 1


def _name_in(row: Row, known: Iterable[str]) -> str:
    return next(iter(file_names.names_in(text_of(row["department"].value), known)), "")


def _owners_of(
    key: tuple[int, str],
    together: Sequence[ReportingDepartment],
    *,
    at: int,
    of: int,
) -> Sequence[ReportingDepartment]:
    """Return whose the row is that stands `at` among the `of` rows with its number and name.

    The plan's own name is one department's; the name that a reform gave to several is that of
    each. Two rows under the same name are one for each of them, in their order.
    """
    number, name = key
    named = sorted((one for one in together if name in one.names), key=lambda one: one.id != name)
    owing = [one for one in named if number in one.plan_tasks] or named
    if not owing:
        return together[:1]
    if of == 1:
        return owing[:1] if owing[0].id == name else owing
    return (owing[min(at, len(owing) - 1)],)
