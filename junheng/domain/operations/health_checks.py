"""What a check-up of a machine finds: a thing that is well, or what is missing and what to do."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from junheng.domain.workdays import DayKind, WorkCalendar

# The State Council's notice for a year comes out in the last quarter of the year before.
LAST_MONTH = 12


class Subject(StrEnum):
    """A thing that is checked; what people call it is in config/wording/doctor.yaml."""

    PYTHON = "python"
    PACKAGES = "packages"
    HOME = "home"
    SPACE = "space"
    CLOCK = "clock"
    TABLES = "tables"
    CONFIG = "config"
    CONTACTS = "contacts"
    CHANNEL = "channel"
    SECRETS = "secrets"
    PEOPLE = "people"
    ALARM = "alarm"
    BACKUP = "backup"
    CHASED = "chased"
    CALENDAR = "calendar"
    ACCOUNT = "account"
    WRITABLE = "writable"
    PREFECT = "prefect"
    PAGE = "page"
    SIGN_IN = "sign_in"


@dataclass(frozen=True, slots=True)
class Found:
    """One check: whether it is well, and one sentence."""

    is_well: bool
    said: str


def years_missing(calendar: WorkCalendar, today: date) -> tuple[int, ...]:
    """Return the years whose holidays should be known by a day and are not."""
    wanted = [today.year]
    if today.month == LAST_MONTH:
        wanted.append(today.year + 1)
    return tuple(
        year for year in wanted if calendar.kind(date(year, 1, 1)) is DayKind.NOT_ANNOUNCED
    )
