"""The day's cards by hand: what the day brings by itself, each contact's card, and the watch."""

from datetime import date
from functools import partial

from rich.console import Console

from app.cli.progress import working
from junheng.adapters import clock
from junheng.domain.office_days import day_of
from junheng.domain.operations.step_names import StepName
from tasks.chase import cards, watchdog
from tasks.ledger import upkeep


def tell(console: Console, on: date | None) -> None:
    """Do what a day asks for and send its cards; now where no day is said, else without an hour."""
    now = clock.now()
    today = on or day_of(now)
    say = partial(console.print, markup=False, highlight=False)
    for said in upkeep.keep_up(today, now=now):
        say(said)
    with working(console, StepName.DRAFT_CARDS):
        cards.owe_cards(today, clock=clock.now, say=say)
    sendings = cards.send_cards(
        show=partial(say, end="\n\n", soft_wrap=True), clock=clock.now, now=None if on else now
    )
    alarm = watchdog.watch(sendings, today=today, clock=clock.now)
    for line in (*sendings.problems, sendings.summary, *([alarm] if alarm else [])):
        say(line)
