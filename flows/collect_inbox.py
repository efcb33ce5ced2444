"""The inbox, looked at again and again in the collection window: what is new is taken in."""

from junheng.adapters import clock
from junheng.domain.office_days import day_of, school_year
from tasks.steps import forms, inbox, steps
from tasks.steps.deployed import deployed


@deployed(
    "collect-inbox",
    description="查看收报文件夹，有新文件的学年收取报送；已判定过的学年安排重新判定",
)
def collect_inbox(asked: forms.OfTheOffice) -> None:
    """Take in every year's folder that is not as it was; nothing is opened where none is."""
    now = steps.frozen(clock.now())
    day = day_of(now)
    steps.note_started(asked.by, asked.reason, now)
    for one in inbox.waiting(school_year(day)):
        collected = steps.collect(one.folder, one.year, now, day)
        # Before it counts as read: a run that dies in between asks again, and is heard once.
        inbox.ask_for_recheck(one.year, asked.district)
        inbox.mark_read(one, collected["unread"])
