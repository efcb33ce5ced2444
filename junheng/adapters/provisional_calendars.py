"""Provisional calendars for the years whose holiday notice has not been published."""

from functools import cache

import holidays

from junheng.domain.workdays import CalendarYear


@cache
def provisional_year(year: int) -> CalendarYear:
    """Return the statutory holidays with their days in lieu; make-up days cannot be foreseen.

    The notice for a year comes out in the last quarter of the year before. A date may be asked
    for, or a day replayed, in any later year: none of them is a fault, each is provisional.
    """
    statutory = holidays.country_holidays("CN", years=year, expand=False)
    return CalendarYear.of(year, holidays=statutory, is_provisional=True)
