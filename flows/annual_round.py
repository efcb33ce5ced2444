"""The yearly round: take in, judge, draft, ask. The order stands here and nowhere else."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from prefect import flow

from flows import clock
from flows.ending import in_words
from flows.step import Step
from junheng import bootstrap
from tasks import (
    contact_gaps,
    evaluation,
    remediation,
    report,
    sign_offs,
    signing_steps,
    steps,
    submissions,
)


@dataclass(frozen=True, slots=True)
class RoundOrder:
    """What a round is told: the year, the folder, and the clock, read once."""

    year: int
    folder: Path
    day: date
    now: datetime
    despite_gaps: str | None = None


# What the office answers carries it on: `signing.SECOND_HALF`.
FIRST_HALF: tuple[Step[RoundOrder], ...] = (
    Step(
        "核对联系人",
        lambda order: contact_gaps.check(order.day, despite=order.despite_gaps),
        lambda order: steps.check_contacts(order.day, order.despite_gaps),
    ),
    Step(
        "收取报送",
        lambda order: submissions.collect(
            order.folder, year=order.year, now=order.now, on=order.day
        ),
        lambda order: steps.collect(str(order.folder), order.year, order.now, order.day),
    ),
    Step(
        "评估判定",
        lambda order: evaluation.evaluate(year=order.year, now=order.now),
        lambda order: steps.evaluate(order.year, order.now),
    ),
    Step(
        "判定报告",
        lambda order: report.write(order.year, order.day),
        lambda order: steps.write_report(order.year, order.day),
    ),
    Step(
        "起草整改",
        lambda order: remediation.draft(
            year=order.year, today=order.day, despite_gaps=order.despite_gaps
        ),
        lambda order: signing_steps.draft(order.year, order.day, order.despite_gaps),
    ),
    Step(
        "请求签批",
        lambda order: sign_offs.ask(year=order.year, today=order.day),
        lambda order: signing_steps.ask(order.year, order.day),
    ),
)


@flow(
    name="annual-round",
    description="核对联系人 → 收取报送 → 评估判定 → 判定报告 → 起草整改 → 请求签批",
    log_prints=False,
)
@in_words
def annual_round(
    year: int | None = None,
    folder: str | None = None,
    on: date | None = None,
    despite_gaps: str | None = None,
) -> None:
    """Run the yearly round up to the sign-off: everything is drafted, and nothing goes out.

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
    order = RoundOrder(judged, sent_in, day, now, despite_gaps)
    for step in FIRST_HALF:
        step.run_in_prefect(order)
