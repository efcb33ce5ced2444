"""Unconfirmed cards: a person has looked, and says whether one arrived."""

from collections.abc import Iterable
from datetime import date, datetime

from junheng import bootstrap
from junheng.adapters import clock
from junheng.domain.chase.cards import CardPhrases
from junheng.domain.refusals import Refusal
from junheng.rulebook import Rulebook
from junheng.store import notices, unclear_notices
from junheng.store.notices import Notice


class NotUnconfirmed(Refusal):
    """We cannot settle a card by a person's word, because none like it is unconfirmed."""


def settle(recipient: str, day: date, *, has_arrived: bool, by: str, now: datetime) -> str:
    """Keep a person's word on a card of a day, and return what becomes of it.

    One that did not arrive is owed again, and goes out with the next chase.

    Raises:
        NotUnconfirmed: no card of that recipient and day is unconfirmed.

    """
    rulebook = bootstrap.rulebook()
    says = CardPhrases.model_validate(rulebook.wording["cards"]).sendings.by_word
    with bootstrap.session() as session:
        unconfirmed = notices.unconfirmed(session, rulebook.district.code)
        card = _named(unconfirmed, recipient, day, rulebook)
        if card is None:
            raise NotUnconfirmed(says.none.format(recipient=recipient, day=day))
        outcome = says.arrived if has_arrived else says.did_not_arrive
        said = outcome.format(by=by, day=clock.day_of(now))
        if has_arrived:
            unclear_notices.mark_sent_by_word(session, card.id, said=said, at=now)
        else:
            unclear_notices.owe_by_word(session, card.id, said=said)
    return says.kept.format(recipient=recipient, day=day, said=said)


def _named(cards: Iterable[Notice], recipient: str, day: date, rulebook: Rulebook) -> Notice | None:
    for card in cards:
        called = {card.recipient, rulebook.display_names(card.recipient, card.planned_on)}
        if card.planned_on == day and recipient in called:
            return card
    return None
