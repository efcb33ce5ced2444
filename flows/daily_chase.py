"""The daily chase: each contact gets at most one card on a workday."""

from junheng.adapters import clock
from junheng.domain.office_days import day_of
from tasks.steps import forms, steps
from tasks.steps.deployed import deployed


# The flow keeps this name, because Prefect links the runs of earlier versions by it.
@deployed("chase", description="每个工作日给各联系人发一张卡片：新交办、临期、到期、催办、督办")
def daily_chase(asked: forms.OfADay) -> None:
    """Open recurring duties, draft each contact's card of the day, and send the unsent cards.

    A retry reads the clock again, so that it does not send a card of the day before.
    """
    now = clock.now()
    day = asked.on or day_of(now)
    steps.note_started(asked.by, asked.reason, now)
    steps.keep_up(day, clock=clock.now)
    steps.owe_cards(day, clock=clock.now)
    # Without an instant, cards are sent at any hour, because the day may be in the past.
    steps.send_cards(day, None if asked.on else now, clock=clock.now)
