"""Chases: owes each contact the one card of a day, then sends what is owed, each card once."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import partial

from junheng import bootstrap
from junheng.adapters.chat import (
    ChatClosed,
    ChatFailing,
    ChatUnreachable,
    DeliveryUncertain,
    DeliveryUnknown,
    Messenger,
    NotDelivered,
)
from junheng.domain.cards import CardPhrases, CardWriter
from junheng.domain.digests import Digest, OpenRemediation, Told, digests_owed, with_waiting
from junheng.domain.remediation import Remediation
from junheng.domain.sendings import SendingPhrases
from junheng.domain.waiting import waiting_for_office
from junheng.rulebook import Rulebook
from junheng.settings import OFFICE_ZONE
from junheng.store import locks, notices, remediations
from junheng.store.database import Session
from junheng.store.notices import Notice
from tasks.outstanding import outstanding


class Outcome(StrEnum):
    """What became of one card in one run."""

    SENT = "sent"
    WAITING = "waiting"
    REFUSED = "refused"
    UNCONFIRMED = "unconfirmed"
    OWED_AGAIN = "owed_again"
    TAKEN = "taken"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One card's outcome, why, and whether to go on with the next."""

    card: Notice
    outcome: Outcome
    reason: str = ""
    ends_run: bool = False


@dataclass(frozen=True, slots=True)
class Sendings:
    """What one run did: `summary` in one sentence, `problems` one sentence for each."""

    sent: int
    waiting: int
    refused: int
    summary: str
    problems: tuple[str, ...]


def owe_cards(today: date) -> int:
    """Owe everyone the card of a day and return how many are new; again, and none is.

    Cards of earlier days that never went out become those of today: one for each contact.
    """
    rulebook = bootstrap.rulebook()
    district = rulebook.district.code
    writer = card_writer(rulebook, today)
    with bootstrap.session() as session:
        digests = due(session, rulebook, today)
        if rulebook.calendar.is_workday(today):
            recipients = {digest.recipient for digest in digests}
            notices.withdraw(session, district, but_for=recipients, today=today)
        cards = [(digest, writer.card(digest).text) for digest in digests]
        channel = bootstrap.messenger(_show_nothing).channel
        return notices.owe(session, cards, district_code=district, channel=channel)


def due(session: Session, rulebook: Rulebook, today: date) -> tuple[Digest, ...]:
    """Return what each contact is to be told today and has not been; nothing on a day off.

    Whose last card may have arrived must wait until that is known.
    """
    district = rulebook.district.code
    chased = outstanding(session, rulebook)
    at_the_office = remediations.waiting_for_office(session, district)
    # What is closed is not asked for: a day costs by what is owed, not by how long the ledger is.
    told = notices.told(session, district, _references(chased, at_the_office))
    digests = digests_owed(
        chased,
        contacts=rulebook.contacts,
        told=told,
        today=today,
        calendar=rulebook.calendar,
    )
    if rulebook.calendar.is_workday(today):
        digests = _with_waiting(rulebook, digests, at_the_office, told=told, today=today)
    in_flight = notices.being_sent_to(session, district)
    return tuple(digest for digest in digests if digest.recipient not in in_flight)


def _references(
    chased: Iterable[OpenRemediation], at_the_office: Iterable[Remediation]
) -> frozenset[str]:
    with_units = frozenset(one.reference for one in chased)
    return with_units | frozenset(one.reference for one in at_the_office)


def _with_waiting(
    rulebook: Rulebook,
    digests: Iterable[Digest],
    at_the_office: Iterable[Remediation],
    *,
    told: Collection[Told],
    today: date,
) -> tuple[Digest, ...]:
    """Return the digests, the office's with what waits for the office itself."""
    contacts = rulebook.contacts
    office = contacts.of(contacts.office, today)
    waiting = waiting_for_office(
        at_the_office,
        told=told,
        recipient=office.recipient,
        today=today,
    )
    return with_waiting(
        digests,
        waiting,
        office=office,
        address=contacts.address_of(office),
        today=today,
        also=contacts.also(office, today),
    )


def send_cards(*, show: Callable[[str], None], now: datetime | None = None) -> Sendings:
    """Send every owed card once; `show` gets those that lie in the outbox.

    Outside the send window of `now` nothing goes out; a replayed day has no hour.

    Raises:
        AnotherSends: another process has been sending for too long.
    """
    rulebook = bootstrap.rulebook()
    says = CardPhrases.model_validate(rulebook.wording["cards"]).sendings
    if now is not None and not is_open(rulebook, now):
        return _held_back(rulebook, says)
    messenger = bootstrap.messenger(show)
    with locks.only_sender(bootstrap.settings().database):
        deliveries = tuple(_deliveries(messenger, says))
    return _summed_up(deliveries, says, rulebook)


def is_open(rulebook: Rulebook, now: datetime) -> bool:
    """Say whether people may be told anything at an instant."""
    return rulebook.ladder.window.is_open(now.astimezone(OFFICE_ZONE), rulebook.calendar)


def _held_back(rulebook: Rulebook, says: SendingPhrases) -> Sendings:
    """Say how many cards wait for the next window."""
    with bootstrap.session() as session:
        count = len(notices.owed(session, rulebook.district.code))
    window = rulebook.ladder.window
    summary = says.held_back.format(
        opens=f"{window.from_:%H:%M}", closes=f"{window.to:%H:%M}", count=count
    )
    return Sendings(sent=0, waiting=0, refused=0, summary=summary, problems=())


def card_writer(rulebook: Rulebook, day: date) -> CardWriter:
    """Return the writer of a day's cards, who calls departments by their name of that day."""
    return CardWriter(
        phrases=CardPhrases.model_validate(rulebook.wording["cards"]),
        lines={line.id: line for line in rulebook.standard.lines},
        called=rulebook.called,
        display=lambda unit: rulebook.display_name(unit, day),
        addressed=lambda recipient: rulebook.display_names(recipient, day),
        office=rulebook.contacts.office,
        calendar=rulebook.calendar,
    )


def _show_nothing(text: str) -> None:
    del text


def _deliveries(messenger: Messenger, says: SendingPhrases) -> Iterator[Delivery]:
    """Clear up what a killed run left in flight, then send what is owed, oldest first."""
    district = bootstrap.rulebook().district.code
    with bootstrap.session() as session:
        in_flight = notices.in_flight(session, district)
    settle = partial(_settle, messenger=messenger, says=says)
    yield from _one_by_one(settle, in_flight)
    with bootstrap.session() as session:
        owed = notices.owed(session, district)
    yield from _one_by_one(partial(_send, messenger=messenger), owed)


def _one_by_one(
    deliver: Callable[[Notice], Delivery], cards: Iterable[Notice]
) -> Iterator[Delivery]:
    """Deliver each card; once chat itself is the trouble, the rest share the fate of that one."""
    last: Delivery | None = None
    for notice in cards:
        if last is None or not last.ends_run:
            last = deliver(notice)
            yield last
        else:
            yield Delivery(notice, last.outcome)


def _settle(notice: Notice, *, messenger: Messenger, says: SendingPhrases) -> Delivery:
    """Find out what became of a card whose sender died: arrived, owed again, or never known."""
    try:
        receipt = _receipt(notice, messenger, says)
    except DeliveryUnknown as error:
        with bootstrap.session() as session:
            notices.mark_unconfirmed(session, notice.id, reason=str(error))
        return Delivery(notice, Outcome.UNCONFIRMED, str(error))
    except NotDelivered as error:
        return _undelivered(notice, error)
    if receipt is not None:
        return _sent(notice, receipt)
    with bootstrap.session() as session:
        notices.mark_failed(session, notice.id, reason=says.interrupted)
    return Delivery(notice, Outcome.OWED_AGAIN)


def _receipt(notice: Notice, messenger: Messenger, says: SendingPhrases) -> str | None:
    if notice.channel != messenger.channel or notice.claimed_at is None:
        raise DeliveryUnknown(
            says.other_channel.format(channel=notice.channel, now=messenger.channel)
        )
    return messenger.was_delivered(key=notice.key, address=notice.address, since=notice.claimed_at)


def _send(notice: Notice, *, messenger: Messenger) -> Delivery:
    """Send one card: claimed and committed before the call, so that no second sender takes it."""
    with bootstrap.session() as session:
        now = datetime.now(UTC)
        if not notices.claim(session, notice.id, channel=messenger.channel, now=now):
            return Delivery(notice, Outcome.TAKEN)
        # It may have been written anew since the list of what is owed was read.
        notice = notices.one(session, notice.id)
    try:
        receipt = messenger.send(key=notice.key, address=notice.address, text=notice.text)
    except DeliveryUncertain as error:
        with bootstrap.session() as session:
            notices.mark_uncertain(session, notice.id, reason=str(error))
        return Delivery(notice, Outcome.WAITING, str(error), ends_run=True)
    except NotDelivered as error:
        with bootstrap.session() as session:
            notices.mark_failed(session, notice.id, reason=str(error))
        return _undelivered(notice, error)
    return _sent(notice, receipt)


def _sent(notice: Notice, receipt: str) -> Delivery:
    with bootstrap.session() as session:
        notices.mark_sent(session, notice.id, receipt=receipt, sent_at=datetime.now(UTC))
    return Delivery(notice, Outcome.SENT)


def _undelivered(notice: Notice, error: NotDelivered) -> Delivery:
    outcome = Outcome.WAITING if isinstance(error, ChatFailing) else Outcome.REFUSED
    is_chat_itself = isinstance(error, ChatClosed | ChatUnreachable)
    return Delivery(notice, outcome, str(error), ends_run=is_chat_itself)


def _summed_up(
    deliveries: Sequence[Delivery], says: SendingPhrases, rulebook: Rulebook
) -> Sendings:
    count = Counter(delivery.outcome for delivery in deliveries)
    counted = {outcome.value: count[outcome] for outcome in Outcome}
    return Sendings(
        sent=count[Outcome.SENT],
        waiting=count[Outcome.WAITING],
        refused=count[Outcome.REFUSED],
        summary=says.outcome.format(**counted),
        problems=tuple(
            says.problem.format(
                recipient=rulebook.display_names(delivery.card.recipient, delivery.card.planned_on),
                reason=delivery.reason,
            )
            for delivery in deliveries
            if delivery.reason
        ),
    )
