"""Delivers a card by the first route that takes it; each attempt is claimed before it is made."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from junheng import bootstrap
from junheng.adapters import sending_marks
from junheng.adapters.channels import Messengers
from junheng.adapters.files.pages import NotWritten
from junheng.adapters.messaging.messenger import (
    ChatClosed,
    ChatFailing,
    ChatUnreachable,
    DeliveryUncertain,
    DeliveryUnknown,
    NotDelivered,
    Withheld,
)
from junheng.adapters.sending_marks import LastClaim
from junheng.domain.chat.buttons import Button
from junheng.domain.office_days import Clock
from junheng.domain.people.routes import Channel, Route
from junheng.rulebook import Rulebook
from junheng.store import notices
from junheng.store.database.database import Session
from junheng.store.notices import Notice
from junheng.wording.chase.cards import SendingWords
from junheng.wording.chase.channels import ChannelNames
from tasks.chase import card_buttons

log = logging.getLogger(__name__)


class Outcome(StrEnum):
    """The outcome of one card in one run."""

    SENT = "sent"
    WITHHELD = "withheld"
    WAITING = "waiting"
    REFUSED = "refused"
    UNCONFIRMED = "unconfirmed"
    OWED_AGAIN = "owed_again"
    TAKEN = "taken"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One card's outcome, and why."""

    card: Notice
    outcome: Outcome
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a route certainly did not take a card; with `may_pass` a retry may succeed."""

    reason: str
    may_pass: bool


@dataclass(frozen=True, slots=True)
class Run:
    """The context of one run: the channels, and those that are not tried again (`shut`)."""

    rulebook: Rulebook
    messengers: Messengers
    wording: SendingWords
    names: ChannelNames
    clock: Clock
    shut: dict[Channel, Failure] = field(default_factory=dict)


def deliver(notice: Notice, routes: Sequence[Route], run: Run) -> Delivery:
    """Send a card by its routes in order; stop after an unclear answer, as it may have arrived."""
    failures: dict[Route, Failure] = {}
    for route in routes:
        if route.channel in run.shut:
            continue
        claimed = _claimed(notice, route, run)
        if claimed is None:
            return Delivery(notice, Outcome.TAKEN)
        notice, buttons = claimed
        try:
            messenger = run.messengers.of(route.channel)
            receipt = messenger.send(
                key=notice.key, address=route.address, text=notice.text, buttons=buttons
            )
        except DeliveryUncertain as error:
            return _uncertain(notice, route, str(error), run)
        except DeliveryUnknown as error:
            return unconfirmed(notice, str(error))
        except NotDelivered as error:
            failures[route] = _failure(route, error, run)
            _owe_again(notice, _why(routes, failures, run), failures)
        else:
            return sent(notice, receipt, now=run.clock(), reason=_fallen_back(route, failures, run))
    return _undelivered(notice, routes, failures, run)


def sent(notice: Notice, receipt: str, *, now: datetime, reason: str = "") -> Delivery:
    """Record that a card arrived, or in a trial that it was withheld."""
    with bootstrap.session() as session:
        if isinstance(receipt, Withheld):
            notices.mark_withheld(session, notice.id, receipt=receipt)
            return Delivery(notice, Outcome.WITHHELD, reason)
        notices.mark_sent(session, notice.id, receipt=receipt, sent_at=now)
    return Delivery(notice, Outcome.SENT, reason)


def unconfirmed(notice: Notice, reason: str) -> Delivery:
    """Mark a card as unconfirmed until a person reports whether it arrived."""
    with bootstrap.session() as session:
        notices.mark_unconfirmed(session, notice.id, reason=reason)
    return Delivery(notice, Outcome.UNCONFIRMED, reason)


def _claimed(notice: Notice, route: Route, run: Run) -> tuple[Notice, tuple[Button, ...]] | None:
    """Claim a card for a route, committed before the call, so that no second sender takes it.

    Return it with its buttons; None if another sender has claimed it.
    """
    with bootstrap.session() as session:
        if not _claim(session, notice, route, run):
            return None
        # It may have been rewritten since the list of owed cards was read.
        card = notices.one(session, notice.id)
        buttons = card_buttons.of_notice(
            session, run.rulebook, card.id, recipient=card.recipient, on=card.planned_on
        )
    _mark(card)
    return card, buttons


def _mark(claimed: Notice) -> None:
    """Record the claim beside the database, so that an older database is recognised."""
    if claimed.claimed_at is None:
        return
    mark = LastClaim(
        notice_id=claimed.id, planned_on=claimed.planned_on, claimed_at=claimed.claimed_at
    )
    try:
        sending_marks.put(bootstrap.settings().last_claim, mark)
    except NotWritten as error:
        log.warning("%s", error)


def _claim(session: Session, notice: Notice, route: Route, run: Run) -> bool:
    channel, now = route.channel.value, run.clock()
    return notices.claim(session, notice.id, channel=channel, address=route.address, now=now)


def _owe_again(notice: Notice, reason: str, failures: Mapping[Route, Failure]) -> None:
    is_refused = not any(failure.may_pass for failure in failures.values())
    with bootstrap.session() as session:
        notices.mark_failed(session, notice.id, reason=reason, is_refused=is_refused)


def _uncertain(notice: Notice, route: Route, reason: str, run: Run) -> Delivery:
    with bootstrap.session() as session:
        notices.mark_uncertain(session, notice.id, reason=reason)
    run.shut[route.channel] = Failure(run.wording.no_answer, may_pass=True)
    return Delivery(notice, Outcome.WAITING, reason)


def _failure(route: Route, error: NotDelivered, run: Run) -> Failure:
    failure = Failure(str(error), may_pass=isinstance(error, ChatFailing))
    if isinstance(error, ChatClosed | ChatUnreachable):
        run.shut[route.channel] = failure
    return failure


def _undelivered(
    notice: Notice, routes: Sequence[Route], failures: Mapping[Route, Failure], run: Run
) -> Delivery:
    """Leave a card owed that no route took; a shut channel was reported to operators already."""
    reasons = _all_failures(routes, failures, run)
    may_pass = any(failure.may_pass for failure in reasons.values())
    outcome = Outcome.WAITING if may_pass else Outcome.REFUSED
    why = _why(routes, failures, run)
    if failures:
        return Delivery(notice, outcome, why)
    with bootstrap.session() as session:
        if not _claim(session, notice, routes[0], run):
            return Delivery(notice, Outcome.TAKEN)
        notices.mark_failed(session, notice.id, reason=why)
    return Delivery(notice, outcome)


def _fallen_back(route: Route, failures: Mapping[Route, Failure], run: Run) -> str:
    """Return the sentence about a card that only a later route took, '' for any other card."""
    if not failures:
        return ""
    sentences = _joined(tuple(failures), failures, run)
    channel = run.names[route.channel]
    return run.wording.fallen_back.format(
        channel=channel, address=route.address, failures=sentences
    )


def _all_failures(
    routes: Sequence[Route], failures: Mapping[Route, Failure], run: Run
) -> Mapping[Route, Failure]:
    """Return why each route did not take a card: its answer, or why its channel is shut."""
    shut = {route: run.shut[route.channel] for route in routes if route.channel in run.shut}
    return {**shut, **failures}


def _why(routes: Sequence[Route], failures: Mapping[Route, Failure], run: Run) -> str:
    """Return why no route has taken a card so far; of a single route only the reason."""
    reasons = _all_failures(routes, failures, run)
    if len(routes) == 1:
        return reasons[routes[0]].reason
    return _joined(routes, reasons, run)


def _joined(routes: Sequence[Route], failures: Mapping[Route, Failure], run: Run) -> str:
    return run.wording.between_routes.join(
        run.wording.route.format(
            channel=run.names[route.channel], address=route.address, reason=failures[route].reason
        )
        for route in routes
        if route in failures
    )
