"""Chases: owes each contact one card a day, then sends each owed card once."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from junheng import bootstrap
from junheng.domain.chase.cards import CardWriter
from junheng.domain.chase.digests import Chased, Digest, digests_owed, with_waiting
from junheng.domain.chase.office_queue import Waiting, waiting_for_office
from junheng.domain.ledger.remediation import Remediation
from junheng.domain.office_days import OFFICE_ZONE, Clock
from junheng.domain.people.contacts import Contact
from junheng.domain.people.routes import Route
from junheng.rulebook import Rulebook
from junheng.store import notices, remediations, reminders
from junheng.store.database import locks
from junheng.store.database.database import Session
from junheng.store.notices import Notice
from junheng.wording.chase.cards import SendingWords
from tasks.chase import lost_days
from tasks.chase.delivery import Delivery, Outcome, Run, deliver
from tasks.chase.outstanding import outstanding
from tasks.chase.recovery import settled
from tasks.ledger import sign_off_items
from tasks.progress import Progress, followed, unseen


@dataclass(frozen=True, slots=True)
class Sendings:
    """The result of one run: `summary` is one sentence, `problems` has one sentence for each."""

    sent: int
    waiting: int
    refused: int
    withheld: int
    summary: str
    problems: tuple[str, ...]


def _ignore(text: str) -> None:
    del text


def owe_cards(today: date, *, clock: Clock, say: Callable[[str], None] = _ignore) -> int:
    """Owe every contact the card of a day and return the number of new cards; idempotent.

    Unsent cards of earlier days are replaced by those of today: one for each contact. Cards in
    flight are settled first, so that no contact waits for another run; `say` gets each sentence
    that an operator must read.

    Raises:
        AnotherSends: another process has been sending for too long.
    """
    rulebook = bootstrap.rulebook()
    for line in _settle(rulebook, today, clock):
        say(line)
    return _owe(rulebook, today)


def _owe(rulebook: Rulebook, today: date) -> int:
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


def _settle(rulebook: Rulebook, today: date, clock: Clock) -> tuple[str, ...]:
    """Settle the cards in flight; return the sentences that an operator must read."""
    with bootstrap.session() as session:
        in_flight = notices.in_flight(session, rulebook.district.code)
    lost = lost_days.found()
    if not in_flight and lost is None:
        return ()
    run = _run(rulebook, _ignore, clock)
    with locks.only_sender(bootstrap.settings().database):
        deliveries = tuple(_settled(run, through=today))
    opening = (
        () if lost is None else (run.wording.lost_days.format(first=lost.first, last=lost.last),)
    )
    return (*opening, *_summed_up(deliveries, run.wording, rulebook).problems)


def due(session: Session, rulebook: Rulebook, today: date) -> tuple[Digest, ...]:
    """Return what each contact must be told today and was not told yet; nothing on a day off.

    A contact whose last card is still in flight is left out until that card is settled.
    """
    district = rulebook.district.code
    chased = outstanding(session, rulebook)
    at_the_office = remediations.waiting_for_office(session, district)
    # Closed remediations are not queried: the cost of a day depends on what is owed, not on the
    # length of the ledger.
    told = reminders.told(session, district, _references(chased, at_the_office))
    digests = digests_owed(
        chased,
        contacts=rulebook.contacts,
        told=told,
        today=today,
        calendar=rulebook.calendar,
    )
    if rulebook.calendar.is_workday(today):
        signings = sign_off_items.signings(session, rulebook, at_the_office, today)
        waiting = waiting_for_office(
            at_the_office,
            told=told,
            recipient=_office(rulebook, today).recipient,
            today=today,
            signings=signings,
        )
        digests = _with_waiting(rulebook, digests, waiting, today)
    in_flight = notices.being_sent_to(session, district)
    return tuple(digest for digest in digests if digest.recipient not in in_flight)


def _references(chased: Iterable[Chased], at_the_office: Iterable[Remediation]) -> frozenset[str]:
    with_units = frozenset(item.remediation.reference for item in chased)
    return with_units | frozenset(remediation.reference for remediation in at_the_office)


def _with_waiting(
    rulebook: Rulebook, digests: Iterable[Digest], waiting: tuple[Waiting, ...], today: date
) -> tuple[Digest, ...]:
    """Return the digests, with the remediations that wait for the office added to its own."""
    contacts, office = rulebook.contacts, _office(rulebook, today)
    return with_waiting(
        digests,
        waiting,
        office=office,
        address=contacts.address_of(office),
        today=today,
        also=contacts.also(office, today),
    )


def _office(rulebook: Rulebook, today: date) -> Contact:
    return rulebook.contacts.of(rulebook.contacts.office, today)


def send_cards(
    *,
    show: Callable[[str], None],
    clock: Clock,
    now: datetime | None = None,
    progress: Progress = unseen,
) -> Sendings:
    """Send every owed card once; `show` gets the cards that are written to the outbox.

    Outside of the send window nothing is sent; without `now` (a replayed day) the window is
    not checked.

    Raises:
        AnotherSends: another process has been sending for too long.
    """
    rulebook = bootstrap.rulebook()
    wording = rulebook.wording.cards.sendings
    if now is not None and not is_open(rulebook, now):
        return _held_back(rulebook, wording)
    run = _run(rulebook, show, clock)
    with locks.only_sender(bootstrap.settings().database):
        deliveries = (*_settled(run, through=None), *_sent(run, progress))
    return _summed_up(deliveries, wording, rulebook)


def is_open(rulebook: Rulebook, now: datetime) -> bool:
    """Return whether an instant is within the send window."""
    return rulebook.ladder.window.is_open(now.astimezone(OFFICE_ZONE), rulebook.calendar)


def _held_back(rulebook: Rulebook, wording: SendingWords) -> Sendings:
    """Return a result that counts the cards that wait for the next window."""
    with bootstrap.session() as session:
        count = len(notices.owed(session, rulebook.district.code))
    window = rulebook.ladder.window
    summary = wording.held_back.format(
        opens=f"{window.from_:%H:%M}", closes=f"{window.to:%H:%M}", count=count
    )
    return Sendings(sent=0, waiting=0, refused=0, withheld=0, summary=summary, problems=())


def card_writer(rulebook: Rulebook, day: date) -> CardWriter:
    """Return the writer of a day's cards; it uses the names that departments have on that day."""
    return CardWriter(
        wording=rulebook.wording.cards,
        lines={line.id: line for line in rulebook.standard.lines},
        called=rulebook.called,
        display=lambda unit: rulebook.display_name(unit, day),
        addressed=lambda recipient: rulebook.display_names(recipient, day),
        office=rulebook.contacts.office,
        calendar=rulebook.calendar,
        ledger_url=bootstrap.settings().ledger_url,
    )


def _run(rulebook: Rulebook, show: Callable[[str], None], clock: Clock) -> Run:
    wording = rulebook.wording
    messengers = bootstrap.messengers(show, clock)
    return Run(rulebook, messengers, wording.cards.sendings, wording.channels.names, clock)


def _settled(run: Run, *, through: date | None) -> Iterator[Delivery]:
    """Settle the cards that a killed run left in flight; the caller holds the sender's lock.

    After a restore this includes the cards of the lost days, up to and including `through`.
    """
    with bootstrap.session() as session:
        in_flight = notices.in_flight(session, run.rulebook.district.code)
    yield from settled(in_flight, run)
    yield from lost_days.settle(
        run,
        owe=partial(_owe, run.rulebook),
        routes_of=partial(_routes, rulebook=run.rulebook),
        through=through,
    )


def _sent(run: Run, progress: Progress) -> Iterator[Delivery]:
    """Send the owed cards, oldest first."""
    with bootstrap.session() as session:
        owed = notices.owed(session, run.rulebook.district.code)
    sent = (deliver(notice, _routes(notice, run.rulebook), run) for notice in owed)
    return followed(sent, len(owed), progress)


def _routes(notice: Notice, rulebook: Rulebook) -> tuple[Route, ...]:
    """Return the routes to a card's reader: those of contacts.yaml, else its stored address."""
    contacts = rulebook.contacts
    reach = contacts.reach_of(notice.recipient, notice.planned_on, address=notice.address)
    return reach or (Route(bootstrap.settings().chosen_channel, notice.address),)


def _summed_up(
    deliveries: Sequence[Delivery], wording: SendingWords, rulebook: Rulebook
) -> Sendings:
    count = Counter(delivery.outcome for delivery in deliveries)
    counted = {outcome.value: count[outcome] for outcome in Outcome}
    return Sendings(
        sent=count[Outcome.SENT],
        waiting=count[Outcome.WAITING],
        refused=count[Outcome.REFUSED],
        withheld=count[Outcome.WITHHELD],
        summary="".join(
            (
                wording.outcome.format(**counted),
                wording.withheld.format(**counted) if count[Outcome.WITHHELD] else "",
            )
        ),
        problems=tuple(
            wording.problem.format(
                recipient=rulebook.display_names(delivery.card.recipient, delivery.card.planned_on),
                reason=delivery.reason,
            )
            for delivery in deliveries
            if delivery.reason
        ),
    )
