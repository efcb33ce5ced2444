"""The clock, read once: the only place that asks what day it is."""

from datetime import UTC, date, datetime

from junheng.settings import OFFICE_ZONE

FIRST_MONTH_OF_SCHOOL_YEAR = 9


def now() -> datetime:
    return datetime.now(UTC)


def today() -> date:
    """Return the office's day, whatever zone the machine keeps."""
    return day_of(now())


def day_of(moment: datetime) -> date:
    """Return the office's day of an instant."""
    return moment.astimezone(OFFICE_ZONE).date()


def school_year(day: date) -> int:
    """Return the school year a day belongs to: the year in which it began."""
    return day.year if day.month >= FIRST_MONTH_OF_SCHOOL_YEAR else day.year - 1
