"""The monthly look: judge again what has been sent in since, and ask for what is new."""

from datetime import date, datetime

from prefect import flow

from junheng.adapters import clock
from tasks.operations import rehearsals
from tasks.steps import forms, signing, steps
from tasks.steps.failures import in_words
from tasks.steps.hooks import watched


def judge_again(
    year: int, *, day: date, now: datetime, despite_gaps: str | None, collected: str = ""
) -> None:
    """Judge a year that was judged before, settle the ledger by it, and ask for what is new."""
    steps.evaluate(year, now, collected)
    steps.write_report(year, day, collected)
    signing.draft(year, day, despite_gaps, collected)
    signing.ask(year, day)


@watched
@forms.as_form
@flow(
    name="remediate",
    description="重新判定最近收过报送的学年：评估判定 → 判定报告 → 起草整改 → 请求签批",
)
@in_words
def remediate(
    *,
    year: forms.YearInHand = None,
    on: forms.Day = None,
    dry_run: forms.DryRun = False,
    despite_gaps: forms.DespiteGaps = None,
    district: forms.District = None,
    by: forms.By = "",
    reason: forms.Reason = "",
) -> None:
    """Judge a year's figures again and settle the ledger by them."""
    with forms.of_district(district), rehearsals.rehearsed(dry_run=dry_run):
        now = steps.frozen(clock.now())
        day = on or clock.day_of(now)
        steps.note_started(by, reason, now)
        for judged in [year] if year else steps.years_in_hand(clock.school_year(day)):
            judge_again(judged, day=day, now=now, despite_gaps=despite_gaps)
