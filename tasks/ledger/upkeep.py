"""The daily upkeep of the ledger: expiry, recalculated due dates, recurring duties."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Protocol

from junheng import bootstrap
from tasks.ledger import due_date_changes, recurring, sign_offs, waivers


class Step(Protocol):
    """A part of the upkeep; returns how many remediations it changed."""

    def __call__(self, today: date, *, now: datetime) -> int: ...


# The order matters: instances that open today need the recalculated calendar.
STEPS: tuple[tuple[str, Step], ...] = (
    ("expired", sign_offs.expire_due),
    ("lapsed", waivers.lapse_due),
    ("reprojected", due_date_changes.reproject),
    ("opened", recurring.open_due),
)


def keep_up(today: date, *, now: datetime) -> tuple[str, ...]:
    """Do the upkeep of a day and return a sentence for each change; idempotent."""
    return tuple(_changes(today, now))


def _changes(today: date, now: datetime) -> Iterator[str]:
    wording = bootstrap.rulebook().wording.ledger.upkeep
    for name, step in STEPS:
        if count := step(today, now=now):
            yield wording.of(name).format(count=count)
