"""The recheck: a unit sent a new version, its year is judged again, what passes now closes."""

from pathlib import Path

from prefect import flow

from flows.monthly_review import judge_again
from junheng import bootstrap
from junheng.adapters import clock
from tasks.operations import rehearsals
from tasks.steps import forms, steps
from tasks.steps.failures import in_words
from tasks.steps.hooks import watched


@watched
@forms.as_form
@flow(
    name="recheck",
    description="收到新的报送后重新判定：收取报送 → 评估判定 → 判定报告 → 交办整改；数据达标的销号",
)
@in_words
def recheck(
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
    """Take in what came, judge the year again and settle the ledger by it."""
    with forms.of_district(district):
        now = steps.frozen(clock.now())
        day = on or clock.day_of(now)
        judged = year or clock.school_year(day)
        inbox = bootstrap.settings().inbox_folder / str(judged)
        sent_in = Path(folder) if folder else inbox
        with rehearsals.rehearsed(dry_run=dry_run):
            steps.note_started(by, reason, now)
            collected = steps.collect(str(sent_in), judged, now, day).data_hash
            judge_again(judged, day=day, now=now, despite_gaps=despite_gaps, collected=collected)
