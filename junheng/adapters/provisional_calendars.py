"""Provisional calendars for the years whose holiday notice has not been published."""

from functools import cache

import holidays

from junheng.domain.workdays import CalendarYear


@cache
def provisional_year(year: int) -> CalendarYear:
    """Return the statutory holidays with their days in lieu; make-up days cannot be foreseen.

    The notice for a year is published in the last quarter of the year before. Any later year is
    therefore valid input, and its calendar is provisional.
    """
    statutory = holidays.country_holidays("CN", years=year, expand=False)
    return CalendarYear.of(year, holidays=statutory, is_provisional=True)
