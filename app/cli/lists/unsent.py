"""Prints the cards that are due and were not sent."""

from datetime import datetime

from app.cli.lists.formats import Format
from app.cli.lists.printing import show
from junheng import bootstrap
from junheng.rulebook import Rulebook
from tasks.chase import unsent
from tasks.chase.unsent import OwedCard

COLUMNS = ("recipient", "address", "channel", "planned_on", "items", "why", "error")


def owed(how: Format, now: datetime) -> None:
    """Print the cards that are due and unsent at an instant, with the reasons."""
    cards = unsent.owed_cards(now)
    rulebook = bootstrap.rulebook()
    rows = [_csv(card) if how is Format.CSV else _row(card, rulebook) for card in cards]
    show(COLUMNS, rows, how, headings=rulebook.wording.listings.owed)


def _csv(card: OwedCard) -> tuple[object, ...]:
    return (
        card.recipient,
        card.address,
        card.channel,
        card.planned_on,
        card.items,
        card.why.value,
        card.error,
    )


def _row(card: OwedCard, rulebook: Rulebook) -> tuple[object, ...]:
    window = rulebook.ladder.window
    why = rulebook.wording.listings.owed_why[card.why].format(
        opens=f"{window.from_:%H:%M}", closes=f"{window.to:%H:%M}"
    )
    recipient = rulebook.display_names(card.recipient, card.planned_on)
    return (recipient, card.address, card.channel, card.planned_on, card.items, why, card.error)
