"""The steps of `daily-chase` without Prefect: upkeep, cards, and the alarm for unsent cards."""

from datetime import date
from functools import partial

from rich.console import Console

from app.cli.progress import working
from junheng.adapters import clock
from junheng.domain.office_days import day_of
from junheng.domain.operations.step_names import StepName
from tasks.chase import cards, watchdog
from tasks.ledger import upkeep


def send(console: Console, on: date | None) -> None:
    """Keep up the ledger and send a day's cards; a given day ignores the hours for sending."""
    now = clock.now()
    today = on or day_of(now)
    print_line = partial(console.print, markup=False, highlight=False)
    for sentence in upkeep.keep_up(today, now=now):
        print_line(sentence)
    with working(console, StepName.DRAFT_CARDS):
        cards.owe_cards(today, clock=clock.now, say=print_line)
    sendings = cards.send_cards(
        show=partial(print_line, end="\n\n", soft_wrap=True),
        clock=clock.now,
        now=None if on else now,
    )
    alarm = watchdog.watch(sendings, today=today, clock=clock.now)
    for line in (*sendings.problems, sendings.summary, *([alarm] if alarm else [])):
        print_line(line)
