"""Polls the inbox in the collection window and collects new files."""

from junheng.adapters import clock
from junheng.domain.office_days import day_of, school_year
from tasks.steps import forms, inbox, steps
from tasks.steps.deployed import deployed


@deployed(
    "collect-inbox",
    description="查看收报文件夹，有新文件的学年收取报送；已判定过的学年安排重新判定",
)
def collect_inbox(asked: forms.OfTheOffice) -> None:
    """Collect each year's folder that has changed; an unchanged folder is not opened."""
    now = steps.frozen(clock.now())
    day = day_of(now)
    steps.note_started(asked.by, asked.reason, now)
    for waiting in inbox.waiting(school_year(day)):
        collected = steps.collect(waiting.folder, waiting.year, now, day)
        # Before the folder is marked as read: a retry repeats the request, which is idempotent.
        inbox.ask_for_recheck(waiting.year, asked.district)
        inbox.mark_read(waiting, collected["unread"])
