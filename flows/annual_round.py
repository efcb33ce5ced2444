"""The yearly round: take in, judge, draft, ask. The order stands here and nowhere else."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from prefect import flow

from flows.step import Step
from junheng import bootstrap
from junheng.adapters import clock
from tasks.intake import submissions
from tasks.judging import evaluation, report
from tasks.ledger import contact_gaps, remediation, sign_offs
from tasks.operations import rehearsals
from tasks.steps import forms, signing, steps
from tasks.steps.failures import in_words
from tasks.steps.hooks import watched


@dataclass(frozen=True, slots=True)
class RoundOrder:
    """What a round is told: the year, the folder, and the clock, read once."""

    year: int
    folder: Path
    day: date
    now: datetime
    despite_gaps: str | None = None
    # One hash of what was taken in, once it was: the steps after it are kept by it.
    collected: str = ""


# What the office answers carries it on: `signing.SECOND_HALF`. What a step gives to those after it
# comes back with the order.
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
        lambda order: replace(
            order,
            collected=steps.collect(str(order.folder), order.year, order.now, order.day).data_hash,
        ),
    ),
    Step(
        "评估判定",
        lambda order: evaluation.evaluate(year=order.year, now=order.now),
        lambda order: steps.evaluate(order.year, order.now, order.collected),
    ),
    Step(
        "判定报告",
        lambda order: report.write(order.year, order.day),
        lambda order: steps.write_report(order.year, order.day, order.collected),
    ),
    Step(
        "起草整改",
        lambda order: remediation.draft(
            year=order.year, today=order.day, despite_gaps=order.despite_gaps
        ),
        lambda order: signing.draft(order.year, order.day, order.despite_gaps, order.collected),
    ),
    Step(
        "请求签批",
        lambda order: sign_offs.ask(year=order.year, today=order.day),
        lambda order: signing.ask(order.year, order.day),
    ),
)


@watched
@forms.as_form
@flow(
    name="annual-round",
    description="核对联系人 → 收取报送 → 评估判定 → 判定报告 → 起草整改 → 请求签批",
    log_prints=False,
)
@in_words
def annual_round(
    *,
    year: forms.SchoolYear = None,
    folder: forms.Folder = None,
    on: forms.Day = None,
    dry_run: forms.DryRun = False,
    despite_gaps: forms.DespiteGaps = None,
    district: forms.District = None,
    by: forms.By = "",
    reason: forms.Reason = "",
) -> None:
    """Run the yearly round up to the sign-off; the form's places say of themselves what they are.

    Everything is drafted, and nothing goes out.
    """
    with forms.of_district(district):
        order = _order(year, folder, on, despite_gaps)
        with rehearsals.rehearsed(dry_run=dry_run):
            run_first_half(order, by=by, reason=reason)


def run_first_half(order: RoundOrder, *, by: str, reason: str) -> None:
    """Run the round's steps in Prefect up to the sign-off."""
    steps.note_started(by, reason, order.now)
    for step in FIRST_HALF:
        carried_on = step.run_in_prefect(order)
        order = carried_on if isinstance(carried_on, RoundOrder) else order


def _order(
    year: int | None, folder: str | None, on: date | None, despite_gaps: str | None
) -> RoundOrder:
    """Return what the round is told; a retry is told what its first try was."""
    now = steps.frozen(clock.now())
    day = on or clock.day_of(now)
    judged = year or clock.school_year(day)
    sent_in = Path(folder) if folder else bootstrap.settings().inbox_folder / str(judged)
    return RoundOrder(judged, sent_in, day, now, despite_gaps)
