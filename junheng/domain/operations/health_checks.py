"""Results of the health checks of a machine."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from junheng.domain.workdays import DayKind, WorkCalendar

# The State Council publishes the notice for a year in the last quarter of the previous year.
LAST_MONTH = 12


class Subject(StrEnum):
    """A checked thing; its Chinese name is in config/wording/doctor.yaml."""

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
    """The result of one check: whether it passed, and one sentence."""

    is_well: bool
    said: str


def years_missing(calendar: WorkCalendar, today: date) -> tuple[int, ...]:
    """Return the years whose holidays should be announced by a day and are not."""
    wanted = [today.year]
    if today.month == LAST_MONTH:
        wanted.append(today.year + 1)
    return tuple(
        year for year in wanted if calendar.kind(date(year, 1, 1)) is DayKind.NOT_ANNOUNCED
    )
