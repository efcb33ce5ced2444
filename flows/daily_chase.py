"""The daily chase: on every working day each contact gets the one card that is owed."""

from prefect import flow

from junheng.adapters import clock
from tasks.operations import rehearsals
from tasks.steps import forms, steps
from tasks.steps.failures import in_words
from tasks.steps.hooks import watched


@watched
@forms.as_form
@flow(name="chase", description="每个工作日给各联系人发一张卡片：新交办、临期、到期、催办、督办")
@in_words
def chase(
    *,
    on: forms.Day = None,
    dry_run: forms.DryRun = False,
    district: forms.District = None,
    by: forms.By = "",
    reason: forms.Reason = "",
) -> None:
    """Open what returns, owe each contact the card of the day, and send what is owed.

    The clock is read anew by a retry: what was owed yesterday must not go out as yesterday's.
    """
    now = clock.now()
    today = on or clock.day_of(now)
    with forms.of_district(district), rehearsals.rehearsed(dry_run=dry_run):
        steps.note_started(by, reason, now)
        steps.keep_up(today)
        steps.owe_cards(today)
        steps.send_cards(today, None if on else now)
