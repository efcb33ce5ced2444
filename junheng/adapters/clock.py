"""The clock: read by flows, the command and the server, and passed on from there."""

from datetime import UTC, date, datetime

from junheng.domain.office_days import day_of


def now() -> datetime:
    return datetime.now(UTC)


def today() -> date:
    """Return today's date in the office's time zone, whatever the machine's time zone is."""
    return day_of(now())
