"""The office's days: an instant's day in Beijing, and the school year that a day belongs to."""

from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

# The day of an office is Beijing's, whatever zone the machine keeps.
OFFICE_ZONE = ZoneInfo("Asia/Shanghai")
FIRST_MONTH_OF_SCHOOL_YEAR = 9

# Passed to tasks by flows, the command and the server, which alone read the real one.
Clock = Callable[[], datetime]


def day_of(moment: datetime) -> date:
    """Return the office's day of an instant."""
    return moment.astimezone(OFFICE_ZONE).date()


def school_year(day: date) -> int:
    """Return the school year a day belongs to: the year in which it began."""
    return day.year if day.month >= FIRST_MONTH_OF_SCHOOL_YEAR else day.year - 1
