"""A whole round without Prefect, for the demo: the steps of `annual-round` and of `sign-off`.

A test compares their order with the flows'.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TypeAlias

from junheng import bootstrap
from junheng.domain.ledger.sign_offs import Answer, Change
from junheng.domain.office_days import Clock
from junheng.domain.operations.step_names import StepName
from tasks.chase import cards
from tasks.intake import submissions
from tasks.judging import evaluation, report
from tasks.ledger import contact_gaps, remediation, sign_offs, upkeep

Step: TypeAlias = tuple[StepName, Callable[[], object]]


@dataclass(frozen=True, slots=True)
class Round:
    """The arguments of a round; `day` is the day of every step up to the sign-off."""

    year: int
    folder: Path
    day: date
    now: datetime


def up_to_the_sign_off(round_: Round) -> Iterator[Step]:
    """Yield the steps up to the request for a sign-off, with their names."""
    year, day = round_.year, round_.day
    yield StepName.CHECK_CONTACTS, partial(contact_gaps.check, day, now=round_.now)
    yield (
        StepName.COLLECT,
        partial(submissions.collect, round_.folder, year=year, now=round_.now, on=day),
    )
    yield StepName.EVALUATE, partial(evaluation.evaluate, year=year, now=round_.now)
    yield StepName.WRITE_REPORT, partial(report.write, year, day)
    yield (
        StepName.DRAFT_REMEDIATIONS,
        partial(remediation.draft, year=year, today=day, now=round_.now),
    )
    yield StepName.ASK_FOR_SIGN_OFF, partial(sign_offs.ask, year=year, today=day, now=round_.now)


def from_the_sign_off(answered_on: date, *, chased_on: date, clock: Clock) -> Iterator[Step]:
    """Yield the steps after the office approves every draft, with their names."""
    everything = Answer(Change.APPROVE, bootstrap.rulebook().contacts.office)
    yield (
        StepName.HAND_OVER,
        partial(sign_offs.answer, None, everything, on=answered_on, now=clock()),
    )
    yield StepName.KEEP_UP, partial(upkeep.keep_up, chased_on, now=clock())
    yield StepName.DRAFT_CARDS, partial(cards.owe_cards, chased_on, clock=clock)
    # Without an instant, cards are sent at any hour, because the day may be in the past.
    yield StepName.SEND_CARDS, partial(cards.send_cards, show=_show_nothing, clock=clock, now=None)


def _show_nothing(card: str) -> None:
    """Print no card, because all cards are in the outbox or delivered."""
    del card
