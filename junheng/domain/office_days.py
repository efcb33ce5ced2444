"""The office's days: the Beijing day of an instant and the school year of a day."""

from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

# An office's day is the day in Beijing, whatever the time zone of the machine.
OFFICE_ZONE = ZoneInfo("Asia/Shanghai")
FIRST_MONTH_OF_SCHOOL_YEAR = 9

# Passed to tasks by flows, the command and the server; only these read the real clock.
Clock = Callable[[], datetime]


def day_of(moment: datetime) -> date:
    """Return the office's day of an instant."""
    return moment.astimezone(OFFICE_ZONE).date()


def school_year(day: date) -> int:
    """Return the school year a day belongs to: the year in which it began."""
    return day.year if day.month >= FIRST_MONTH_OF_SCHOOL_YEAR else day.year - 1
