"""The yearly round: take in, judge, hand over, tell. The order stands here and nowhere else."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from prefect import flow

from flows import clock
from flows.ending import in_words
from junheng import bootstrap
from tasks import (
    chasing,
    contact_gaps,
    evaluation,
    remediation,
    report,
    steps,
    submissions,
    upkeep,
)


@dataclass(frozen=True, slots=True)
class RoundOrder:
    """What a round is told: the year, the folder, and the clock, read once."""

    year: int
    folder: Path
    remediated_on: date
    chased_on: date
    now: datetime
    show: Callable[[str], None]
    despite_gaps: str | None = None
    # A round of today sends within the send window only; a replayed day has no hour.
    sends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step: as it runs in this process, and as Prefect runs it."""

    name: str
    run: Callable[[RoundOrder], object]
    run_in_prefect: Callable[[RoundOrder], object]


ROUND = (
    Step(
        "核对联系人",
        lambda order: contact_gaps.check(order.remediated_on, despite=order.despite_gaps),
        lambda order: steps.check_contacts(order.remediated_on, order.despite_gaps),
    ),
    Step(
        "收取报送",
        lambda order: submissions.collect(
            order.folder, year=order.year, now=order.now, on=order.remediated_on
        ),
        lambda order: steps.collect(str(order.folder), order.year, order.now, order.remediated_on),
    ),
    Step(
        "评估判定",
        lambda order: evaluation.evaluate(year=order.year, now=order.now),
        lambda order: steps.evaluate(order.year, order.now),
    ),
    Step(
        "判定报告",
        lambda order: report.write(order.year, order.remediated_on),
        lambda order: steps.write_report(order.year, order.remediated_on),
    ),
    Step(
        "交办整改",
        lambda order: remediation.remediate(
            year=order.year, today=order.remediated_on, despite_gaps=order.despite_gaps
        ),
        lambda order: steps.remediate(order.year, order.remediated_on, order.despite_gaps),
    ),
    Step(
        "例行事项",
        lambda order: upkeep.keep_up(order.chased_on),
        lambda order: steps.keep_up(order.chased_on),
    ),
    Step(
        "起草卡片",
        lambda order: chasing.owe_cards(order.chased_on),
        lambda order: steps.owe_cards(order.chased_on),
    ),
    Step(
        "发送卡片",
        lambda order: chasing.send_cards(show=order.show, now=order.sends_at),
        lambda order: steps.send_cards(order.chased_on, order.sends_at),
    ),
)


@flow(
    name="annual-round",
    description="核对联系人 → 收取报送 → 评估判定 → 判定报告 → 交办整改 → 例行事项 → 发送卡片",
    log_prints=False,
)
@in_words
def annual_round(
    year: int | None = None,
    folder: str | None = None,
    on: date | None = None,
    despite_gaps: str | None = None,
) -> None:
    """Run the yearly round.

    Args:
        year: the school year, by the year it begins in; the one of `on` where it is left out.
        folder: what was sent in; `inbox/<year>` under JUNHENG_HOME where it is left out.
        on: the day to act as; today where it is left out.
        despite_gaps: why to go on although units have nobody who could be told.

    """
    now = clock.now()
    day = on or clock.day_of(now)
    judged = year or clock.school_year(day)
    inbox = bootstrap.settings().inbox_folder / str(judged)
    sent_in = Path(folder) if folder else inbox
    sends_at = None if on else now
    order = RoundOrder(judged, sent_in, day, day, now, print, despite_gaps, sends_at)
    for step in ROUND:
        step.run_in_prefect(order)
