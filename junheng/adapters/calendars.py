"""Provisional calendars for the years whose holiday notice has not been published."""

import holidays

from junheng.domain.workdays import CalendarYear

# The notice for a year comes out in the last quarter of the year before. Three years reach every
# due date we set; past them a missing calendar is a fault to be told, not a gap to be filled.
PROVISIONAL_YEARS = 3


def provisional_year(year: int) -> CalendarYear:
    """Return the statutory holidays with their days in lieu; make-up days cannot be foreseen."""
    statutory = holidays.country_holidays("CN", years=year, expand=False)
    return CalendarYear.of(year, holidays=statutory, is_provisional=True)


def provisional_years(*, last_published: int) -> tuple[CalendarYear, ...]:
    """Return the few years after the last published one, each marked provisional."""
    first = last_published + 1
    return tuple(provisional_year(year) for year in range(first, first + PROVISIONAL_YEARS))
