"""Reads and checks config/calendar, which has one file per year."""

from collections.abc import Collection, Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path

from junheng import config_files
from junheng.config_files import Mistake, RulebookUnusable
from junheng.domain.workdays import SATURDAY, CalendarYear
from junheng.rulebook.checks.subject import mistake
from junheng.rulebook.files import CalendarFile


def read(folder: Path) -> tuple[CalendarYear, ...]:
    """Return the years of a folder; raises RulebookUnusable."""
    paths = sorted(folder.glob("*.yaml"))
    years = tuple(calendar_year(path) for path in paths)
    for earlier, later in pairwise(years):
        if later.year != earlier.year + 1:
            path = folder / f"{earlier.year + 1}.yaml"
            missing = config_files.says().checks["calendar_missing"]
            raise RulebookUnusable(missing.format(path=path, year=earlier.year + 1))
    return years


def calendar_year(path: Path) -> CalendarYear:
    """Return the year in a file; raises RulebookUnusable."""
    file = config_files.parsed(path, CalendarFile)
    if found := list(_mistakes(path, file)):
        raise config_files.unusable(found)
    holidays = [holiday.day for holiday in file.holidays]
    return CalendarYear.of(file.year, holidays=holidays, makeup_days=file.makeup_days)


def _mistakes(path: Path, file: CalendarFile) -> Iterator[Mistake]:
    if str(file.year) != path.stem:
        yield mistake(path, ("year",), "year_of_file", year=file.year, name=path.name)
        return
    seen: set[date] = set()
    for index, holiday in enumerate(file.holidays):
        place = ("holidays", index, "day")
        if holiday.day.year != file.year:
            yield mistake(path, place, "day_of_another_year", day=holiday.day, year=file.year)
        if holiday.day in seen:
            yield mistake(path, place, "doubled", word=holiday.day)
        seen.add(holiday.day)
    yield from _of_makeup_days(path, file, seen)


def _of_makeup_days(
    path: Path, file: CalendarFile, holidays: Collection[date]
) -> Iterator[Mistake]:
    for index, day in enumerate(file.makeup_days):
        place = ("makeup_days", index)
        if day.year != file.year:
            yield mistake(path, place, "day_of_another_year", day=day, year=file.year)
        elif day.weekday() < SATURDAY:
            yield mistake(path, place, "makeup_on_weekday", day=day)
        if day in holidays or day in file.makeup_days[:index]:
            yield mistake(path, place, "day_twice", day=day)
