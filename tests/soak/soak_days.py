"""The soak's own reference of the office: workdays, and the rung that a due date has reached."""

import csv
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from enum import Enum
from functools import cache

from junheng.settings import PROJECT_ROOT

ONE_DAY = timedelta(days=1)
NEW_YEAR_2027 = date(2027, 1, 1)
# Lowest first; each by its label on a card.
RUNGS = ("新交办", "临期提醒", "今日到期", "催办", "督办", "约谈", "问责")
OPENING, REMINDER = 0, 1


class Part(Enum):
    """A reader's part in a remediation; the value is the prefix of its heading on a card."""

    LEAD = ""
    SUPPORTING = "配合事项"
    OFFICE = "跟进事项"


Ladder = Mapping[Part, Mapping[int, int | None]]
"""The rungs of each part, each with the workdays before the due date from which it applies.

A rung with None applies on opening.
In the sample no head and no leading group has an address, so the lead and the office get theirs.
"""
USUAL: Ladder = {
    Part.LEAD: {OPENING: None, REMINDER: 5, 2: 0, 3: -1, 4: -5, 5: -10, 6: -15},
    Part.SUPPORTING: {OPENING: None, REMINDER: 5, 3: -1},
    Part.OFFICE: {4: -5, 5: -10, 6: -15},
}
VETO: Ladder = {
    Part.LEAD: {OPENING: None, REMINDER: 2, 2: 0, 4: -1, 5: -3, 6: -5},
    Part.SUPPORTING: {OPENING: None, REMINDER: 2, 4: -1},
    Part.OFFICE: {4: -1, 5: -3, 6: -5},
}


@cache
def _published() -> Mapping[date, bool]:
    with (PROJECT_ROOT / "tests/data/workdays_2018_2026.csv").open(encoding="utf-8") as file:
        rows = csv.DictReader(file)
        return {date.fromisoformat(row["day"]): row["kind"] == "work" for row in rows}


def is_workday(day: date) -> bool:
    """Return whether a day is a workday, as published; of January 2027 only New Year is known."""
    if day >= NEW_YEAR_2027:
        return day.weekday() < 5 and day != NEW_YEAR_2027
    return _published()[day]


def workdays_left(day: date, due_on: date) -> int:
    """Return the workdays after a day up to a due date, negative once that has passed."""
    if due_on < day:
        return -workdays_left(due_on, day)
    days = ((day + timedelta(days=after)) for after in range(1, (due_on - day).days + 1))
    return sum(map(is_workday, days))


def next_workday(day: date) -> date:
    """Return the first workday after a day."""
    day += ONE_DAY
    while not is_workday(day):
        day += ONE_DAY
    return day


def reached(ladder: Ladder, part: Part, *, due_on: date, day: date) -> int | None:
    """Return the highest rung that a part has reached on a day, None if it has reached none."""
    left = workdays_left(day, due_on)
    rungs: Sequence[int] = [
        rung for rung, to_due in ladder[part].items() if to_due is None or left <= to_due
    ]
    return max(rungs, default=None)
