"""Chases: owes each contact the one card of a day, then sends what is owed, each card once."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from junheng import bootstrap
from junheng.adapters.chat import (
    ChatClosed,
    ChatFailing,
    ChatUnreachable,
    DeliveryUnknown,
    NotDelivered,
)
from junheng.domain.cards import CardPhrases, CardWriter
from junheng.domain.digests import Digest, OpenRemediation, Told, digests_owed, with_waiting
from junheng.domain.remediation import Remediation
from junheng.domain.routes import Channel, Route
from junheng.domain.sendings import SendingPhrases
from junheng.domain.waiting import waiting_for_office
from junheng.rulebook import Rulebook
from junheng.settings import OFFICE_ZONE
from junheng.store import locks, notices, remediations
from junheng.store.database import Session
from junheng.store.notices import Notice
from tasks.delivering import Delivery, Outcome, Run, deliver, sent
from tasks.outstanding import outstanding


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
        channel = bootstrap.settings().chosen_channel.value
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
    names = bootstrap.channel_phrases(rulebook).names
    run = Run(rulebook, bootstrap.messengers(show), says, names)
    with locks.only_sender(bootstrap.settings().database):
        deliveries = tuple(_deliveries(run, rulebook))
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


def _deliveries(run: Run, rulebook: Rulebook) -> Iterator[Delivery]:
    """Clear up what a killed run left in flight, then send what is owed, oldest first."""
    district = rulebook.district.code
    with bootstrap.session() as session:
        in_flight = notices.in_flight(session, district)
    yield from _settled(in_flight, run)
    with bootstrap.session() as session:
        owed = notices.owed(session, district)
    for notice in owed:
        yield deliver(notice, _routes(notice, rulebook), run)


def _routes(notice: Notice, rulebook: Rulebook) -> tuple[Route, ...]:
    """Return the ways to a card's reader: those of contacts.yaml, else its address as it is."""
    known = rulebook.contacts
    reach = known.reach_of(notice.recipient, notice.planned_on, address=notice.address)
    return reach or (Route(bootstrap.settings().chosen_channel, notice.address),)


def _settled(in_flight: Iterable[Notice], run: Run) -> Iterator[Delivery]:
    """Settle each card in flight; a channel that is itself the trouble is asked no more."""
    fates: dict[str, Outcome] = {}
    for notice in in_flight:
        if notice.channel in fates:
            yield Delivery(notice, fates[notice.channel])
            continue
        try:
            yield _settle(notice, run)
        except NotDelivered as error:
            outcome = Outcome.WAITING if isinstance(error, ChatFailing) else Outcome.REFUSED
            if isinstance(error, ChatClosed | ChatUnreachable):
                fates[notice.channel] = outcome
            yield Delivery(notice, outcome, str(error))


def _settle(notice: Notice, run: Run) -> Delivery:
    """Find out what became of a card whose sender died: arrived, owed again, or never known.

    Raises:
        NotDelivered: its channel does not answer today.

    """
    try:
        receipt = _receipt(notice, run)
    except DeliveryUnknown as error:
        with bootstrap.session() as session:
            notices.mark_unconfirmed(session, notice.id, reason=str(error))
        return Delivery(notice, Outcome.UNCONFIRMED, str(error))
    if receipt is not None:
        return sent(notice, receipt)
    with bootstrap.session() as session:
        notices.mark_failed(session, notice.id, reason=run.says.interrupted)
    return Delivery(notice, Outcome.OWED_AGAIN)


def _receipt(notice: Notice, run: Run) -> str | None:
    """Ask the channel that a card was claimed for, whichever is chosen now."""
    channel = Channel(notice.channel)
    if notice.claimed_at is None or not run.messengers.is_set_up(channel):
        raise DeliveryUnknown(run.says.no_longer_set_up.format(channel=run.names[channel]))
    messenger = run.messengers.of(channel)
    return messenger.was_delivered(key=notice.key, address=notice.address, since=notice.claimed_at)


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
