"""The daily chase: on every working day each contact gets the one card that is owed."""

from datetime import date

from prefect import flow

from flows import clock
from flows.ending import in_words
from tasks import steps


@flow(name="chase", description="每个工作日给各联系人发一张卡片：新交办、临期、到期、催办、督办")
@in_words
def chase(on: date | None = None) -> None:
    """Open what returns, owe each contact the card of the day, and send what is owed.

    Args:
        on: the day to act as, within its send window; now where it is left out.

    """
    now = clock.now()
    today = on or clock.day_of(now)
    steps.keep_up(today)
    steps.owe_cards(today)
    steps.send_cards(today, None if on else now)
