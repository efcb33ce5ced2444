"""A whole round without Prefect, for the demo: the steps of `annual-round` and of `sign-off`.

A test holds their order against the flows'.
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
from tasks.chase import cards
from tasks.intake import submissions
from tasks.judging import evaluation, report
from tasks.ledger import contact_gaps, remediation, sign_offs, upkeep

Step: TypeAlias = tuple[str, Callable[[], object]]


@dataclass(frozen=True, slots=True)
class Round:
    """What a round is told: the year, the folder, the day of its first half, and the clock."""

    year: int
    folder: Path
    day: date
    now: datetime


def up_to_the_sign_off(told: Round) -> Iterator[Step]:
    """Yield what is done until the office is asked, by the names of the steps."""
    year, day = told.year, told.day
    yield "核对联系人", partial(contact_gaps.check, day, now=told.now)
    yield "收取报送", partial(submissions.collect, told.folder, year=year, now=told.now, on=day)
    yield "评估判定", partial(evaluation.evaluate, year=year, now=told.now)
    yield "判定报告", partial(report.write, year, day)
    yield "起草整改", partial(remediation.draft, year=year, today=day, now=told.now)
    yield "请求签批", partial(sign_offs.ask, year=year, today=day, now=told.now)


def from_the_sign_off(answered_on: date, *, chased_on: date, clock: Clock) -> Iterator[Step]:
    """Yield what is done once the office lets everything go that is asked for."""
    everything = Answer(Change.APPROVE, bootstrap.rulebook().contacts.office)
    yield "交办整改", partial(sign_offs.answer, None, everything, on=answered_on, now=clock())
    yield "例行事项", partial(upkeep.keep_up, chased_on, now=clock())
    yield "起草卡片", partial(cards.owe_cards, chased_on, clock=clock)
    # A day that is made up for has no hour.
    yield "发送卡片", partial(cards.send_cards, show=_unseen, clock=clock, now=None)


def _unseen(card: str) -> None:
    """Show nothing of a card: it is in the outbox, or with its reader."""
    del card
