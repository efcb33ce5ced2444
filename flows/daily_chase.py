"""The daily chase: on every working day each contact gets the one card that is owed."""

from junheng.adapters import clock
from junheng.domain.office_days import day_of
from tasks.steps import forms, steps
from tasks.steps.deployed import deployed


# Prefect knows the flow by this name, and so do the runs of earlier versions.
@deployed("chase", description="每个工作日给各联系人发一张卡片：新交办、临期、到期、催办、督办")
def daily_chase(asked: forms.OfADay) -> None:
    """Open what returns, owe each contact the card of the day, and send what is owed.

    The clock is read anew by a retry: what was owed yesterday must not go out as yesterday's.
    """
    now = clock.now()
    day = asked.on or day_of(now)
    steps.note_started(asked.by, asked.reason, now)
    steps.keep_up(day, clock=clock.now)
    steps.owe_cards(day, clock=clock.now)
    # A day that is made up for has no hour.
    steps.send_cards(day, None if asked.on else now, clock=clock.now)
