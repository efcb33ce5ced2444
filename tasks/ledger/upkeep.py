"""Keeps the ledger up to the day: what runs out, what is counted again, what opens by itself."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Protocol

from junheng import bootstrap
from tasks.ledger import due_date_changes, recurring, sign_offs, waivers


class Step(Protocol):
    """A part of the upkeep; returns how many remediations it changed."""

    def __call__(self, today: date, *, now: datetime) -> int: ...


# In this order, and nowhere else: what opens today must not be told of by yesterday's calendar.
STEPS: tuple[tuple[str, Step], ...] = (
    ("expired", sign_offs.expire_due),
    ("lapsed", waivers.lapse_due),
    ("reprojected", due_date_changes.reproject),
    ("opened", recurring.open_due),
)


def keep_up(today: date, *, now: datetime) -> tuple[str, ...]:
    """Do all that a day asks for by itself and say what was done; again, and there is nothing."""
    return tuple(_done(today, now))


def _done(today: date, now: datetime) -> Iterator[str]:
    wording = bootstrap.rulebook().wording.ledger.upkeep
    for name, step in STEPS:
        if count := step(today, now=now):
            yield wording.of(name).format(count=count)
