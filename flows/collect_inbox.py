"""The inbox, looked at again and again in the collection window: what is new is taken in."""

from prefect import flow

from junheng.adapters import clock
from tasks.steps import forms, inbox, steps
from tasks.steps.failures import in_words
from tasks.steps.hooks import watched


@watched
@forms.as_form
@flow(
    name="collect-inbox",
    description="查看收报文件夹，有新文件的学年收取报送；已判定过的学年安排重新判定",
)
@in_words
def collect_inbox(
    *, district: forms.District = None, by: forms.By = "", reason: forms.Reason = ""
) -> None:
    """Take in every year's folder that is not as it was; nothing is opened where none is."""
    with forms.of_district(district):
        now = steps.frozen(clock.now())
        day = clock.day_of(now)
        steps.note_started(by, reason, now)
        for one in inbox.waiting(clock.school_year(day)):
            collected = steps.collect(one.folder, one.year, now, day)
            # Before it counts as read: a run that dies in between asks again, and is heard once.
            inbox.ask_for_recheck(one.year, district, collected.data_hash)
            inbox.mark_read(one, collected.unread)
