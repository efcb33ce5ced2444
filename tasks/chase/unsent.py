"""Cards that are due and have not been sent, and why."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from junheng import bootstrap
from junheng.domain.office_days import OFFICE_ZONE
from junheng.rulebook import Rulebook
from junheng.store import notices, reminders
from junheng.store.notices import Notice
from tasks.chase import cards


class Why(StrEnum):
    """Why a card has not been sent."""

    NOT_WRITTEN = "not_written"
    DAY_OFF = "day_off"
    WINDOW_CLOSED = "window_closed"
    NEXT_RUN = "next_run"
    FAILED = "failed"
    NO_ADDRESS = "no_address"
    IN_FLIGHT = "in_flight"
    UNCONFIRMED = "unconfirmed"


@dataclass(frozen=True, slots=True)
class OwedCard:
    """A card that is not known to have arrived; `error` is the last answer of its channel."""

    recipient: str
    address: str
    channel: str
    planned_on: date
    items: int
    why: Why
    error: str = ""


def owed_cards(now: datetime) -> tuple[OwedCard, ...]:
    """Return the cards due and unsent at an instant: written cards oldest first, then others."""
    rulebook = bootstrap.rulebook()
    district = rulebook.district.code
    today = now.astimezone(OFFICE_ZONE).date()
    with bootstrap.session() as session:
        owed = notices.owed(session, district)
        unclear = [
            *((card, Why.IN_FLIGHT) for card in notices.in_flight(session, district)),
            *((card, Why.UNCONFIRMED) for card in notices.unconfirmed(session, district)),
        ]
        listed = [*((card, _why(card, rulebook, now)) for card in owed), *unclear]
        items = reminders.items_told(session, [card.id for card, _ in listed])
        written = {card.recipient for card in owed}
        coming = [
            OwedCard(
                digest.recipient, digest.address, "", today, len(digest.entries), Why.NOT_WRITTEN
            )
            for digest in cards.due(session, rulebook, today)
            if digest.recipient not in written
        ]
    return (*(_owed(card, why, items.get(card.id, 0)) for card, why in listed), *coming)


def _why(card: Notice, rulebook: Rulebook, now: datetime) -> Why:
    """Return why an owed card waits: faults that need a person first, then those that pass."""
    if not card.address:
        return Why.NO_ADDRESS
    if card.last_error:
        return Why.FAILED
    if not rulebook.calendar.is_workday(now.astimezone(OFFICE_ZONE).date()):
        return Why.DAY_OFF
    return Why.NEXT_RUN if cards.is_open(rulebook, now) else Why.WINDOW_CLOSED


def _owed(card: Notice, why: Why, items: int) -> OwedCard:
    return OwedCard(
        recipient=card.recipient,
        address=card.address,
        channel=card.channel,
        planned_on=card.planned_on,
        items=items,
        why=why,
        error=card.last_error or "",
    )
