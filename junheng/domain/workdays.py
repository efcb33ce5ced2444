"""Workdays in China: whether a day is a workday, and the day on which a time limit ends."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Self

from junheng import wording
from junheng.refusals import Refusal

ONE_DAY = timedelta(days=1)
SATURDAY = 5


class DayKind(StrEnum):
    """A workday, a rest day, or not announced because there is no notice for its year yet."""

    WORK = "work"
    REST = "rest"
    NOT_ANNOUNCED = "not_announced"


class CalendarMissing(Refusal):
    """We cannot say whether a day is a workday, because its year has no calendar."""

    def __init__(self, year: int) -> None:
        super().__init__(wording.packaged().workdays.missing.format(year=year))
        self.year = year


class CalendarContradictory(ValueError):
    """We cannot use a calendar, because it contradicts itself about a day or year."""


class TimeLimitEmpty(ValueError):
    """We cannot set a due date, because the time limit is shorter than one workday."""


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """One year's notice: the holidays on weekdays and the makeup workdays at weekends."""

    year: int
    holidays: frozenset[date]
    makeup_days: frozenset[date]
    is_provisional: bool

    def __post_init__(self) -> None:
        for day in sorted(self.holidays | self.makeup_days):
            if day.year != self.year:
                other_year = wording.packaged().workdays.of_other_year
                raise CalendarContradictory(other_year.format(year=self.year, day=day))
            if day in self.holidays and day in self.makeup_days:
                off_and_worked = wording.packaged().workdays.off_and_worked
                raise CalendarContradictory(off_and_worked.format(day=day))
            if day in self.makeup_days and day.weekday() < SATURDAY:
                no_weekend = wording.packaged().workdays.no_weekend
                raise CalendarContradictory(no_weekend.format(day=day))

    @classmethod
    def of(
        cls,
        year: int,
        *,
        holidays: Iterable[date],
        makeup_days: Iterable[date] = (),
        is_provisional: bool = False,
    ) -> Self:
        """Return the year from any collections of days; raises CalendarContradictory."""
        return cls(year, frozenset(holidays), frozenset(makeup_days), is_provisional)

    def is_workday(self, day: date) -> bool:
        if day.weekday() >= SATURDAY:
            return day in self.makeup_days
        return day not in self.holidays


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """The announced years; `foresee` returns a provisional calendar for each later year.

    Methods raise CalendarMissing for a day of any other year, unless they say otherwise.
    """

    years: tuple[CalendarYear, ...]
    foresee: Callable[[int], CalendarYear] | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        known = [calendar_year.year for calendar_year in self.years]
        if twice := sorted({year for year in known if known.count(year) > 1}):
            year_twice = wording.packaged().workdays.year_twice
            raise CalendarContradictory(year_twice.format(year=twice[0]))

    def kind(self, day: date) -> DayKind:
        """Return the kind of a day by announced years only; raises nothing."""
        announced = (year for year in self.years if not year.is_provisional)
        known = next((year for year in announced if year.year == day.year), None)
        if known is None:
            return DayKind.NOT_ANNOUNCED
        return DayKind.WORK if known.is_workday(day) else DayKind.REST

    def is_workday(self, day: date) -> bool:
        """Return whether a day is a workday, provisional years included; raises CalendarMissing."""
        return self._year_of(day).is_workday(day)

    def is_provisional(self, day: date) -> bool:
        """Return whether the day's year has no notice yet, so that its workdays may change."""
        return self._year_of(day).is_provisional

    def is_provisional_between(self, start: date, end: date) -> bool:
        """Return whether a count of the days after start up to and including end may change."""
        return any(self.is_provisional(day) for day in _days_after(start, end))

    def settled_until(self, start: date, end: date) -> date | None:
        """Return the day before the first provisional day after start, up to and including end.

        None if no day in that range is provisional.
        """
        first = next((day for day in _days_after(start, end) if self.is_provisional(day)), None)
        return first and first - ONE_DAY

    def assumed_rest_days(self, start: date, end: date) -> tuple[date, ...]:
        """Return the provisional holidays on weekdays after start up to and including end."""
        return tuple(
            day
            for day in _days_after(start, end)
            if self.is_provisional(day) and day.weekday() < SATURDAY and not self.is_workday(day)
        )

    def next_workday(self, day: date) -> date:
        """Return the day itself if it is a workday, else the next workday."""
        while not self.is_workday(day):
            day += ONE_DAY
        return day

    def previous_workday(self, day: date) -> date:
        """Return the day itself if it is a workday, else the previous workday."""
        while not self.is_workday(day):
            day -= ONE_DAY
        return day

    def _year_of(self, day: date) -> CalendarYear:
        for calendar_year in self.years:
            if calendar_year.year == day.year:
                return calendar_year
        if self.foresee is None or any(day.year < year.year for year in self.years):
            raise CalendarMissing(day.year)
        return self.foresee(day.year)


def due_on(opened_on: date, *, workdays: int, calendar: WorkCalendar) -> date:
    """Return the last day of a time limit; raises TimeLimitEmpty and CalendarMissing."""
    _check_not_empty(workdays)
    # The day of service is not counted (民法典 第二百零一条).
    day = opened_on
    for _ in range(workdays):
        day = calendar.next_workday(day + ONE_DAY)
    return day


def workdays_before(day: date, *, workdays: int, calendar: WorkCalendar) -> date:
    """Return the last workday with at least `workdays` workdays after it, up to and including day.

    Raises:
        TimeLimitEmpty: `workdays` is less than one.
        CalendarMissing: a day in between is in a year without a calendar.

    """
    _check_not_empty(workdays)
    for _ in range(workdays):
        day = calendar.previous_workday(day) - ONE_DAY
    return calendar.previous_workday(day)


def workdays_between(start: date, end: date, *, calendar: WorkCalendar) -> int:
    """Count the workdays after start up to and including end; negative if end is before start."""
    if end < start:
        return -workdays_between(end, start, calendar=calendar)
    return sum(calendar.is_workday(day) for day in _days_after(start, end))


def _days_after(start: date, end: date) -> Iterator[date]:
    return (start + timedelta(days=offset) for offset in range(1, (end - start).days + 1))


def _check_not_empty(workdays: int) -> None:
    if workdays < 1:
        empty = wording.packaged().workdays.time_limit_empty
        raise TimeLimitEmpty(empty.format(workdays=workdays))
