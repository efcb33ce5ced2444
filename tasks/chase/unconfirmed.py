"""Unconfirmed cards: records whether a card arrived, as a person reports it."""

from collections.abc import Iterable
from datetime import date, datetime

from junheng import bootstrap
from junheng.domain.office_days import day_of
from junheng.refusals import Refusal
from junheng.rulebook import Rulebook
from junheng.store import notices
from junheng.store.database.database import Session
from junheng.store.notices import Notice


class NotUnconfirmed(Refusal):
    """We cannot settle a card by a person's report, because no such card is unconfirmed."""


def settle(recipient: str, day: date, *, has_arrived: bool, by: str, now: datetime) -> str:
    """Record whether a card of a day arrived, and return the sentence that was recorded.

    A card that did not arrive is owed again: the next chase sends it.

    Raises:
        NotUnconfirmed: no card of that recipient and day is unconfirmed.

    """
    rulebook = bootstrap.rulebook()
    words = rulebook.wording.cards.sendings.by_word
    outcome = words.arrived if has_arrived else words.did_not_arrive
    sentence = outcome.format(by=by, day=day_of(now))
    with bootstrap.session() as session:
        unconfirmed = notices.unconfirmed(session, rulebook.district.code)
        card = _named(unconfirmed, recipient, day, rulebook)
        # Another operator may have answered for it meanwhile.
        if card is None or not _record(session, card, sentence, has_arrived=has_arrived, now=now):
            raise NotUnconfirmed(words.none.format(recipient=recipient, day=day))
    return words.kept.format(recipient=recipient, day=day, said=sentence)


def _record(
    session: Session, card: Notice, sentence: str, *, has_arrived: bool, now: datetime
) -> bool:
    """Record the answer; return whether the card was still unconfirmed."""
    if has_arrived:
        return notices.mark_sent_by_word(session, card.id, said=sentence, at=now)
    return notices.owe_by_word(session, card.id, said=sentence)


def _named(cards: Iterable[Notice], recipient: str, day: date, rulebook: Rulebook) -> Notice | None:
    for card in cards:
        names = {card.recipient, rulebook.display_names(card.recipient, card.planned_on)}
        if card.planned_on == day and recipient in names:
            return card
    return None
