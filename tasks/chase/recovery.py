"""Cards in flight: asks the channel whether a card arrived whose sender died."""

from collections.abc import Iterable, Iterator

from junheng import bootstrap
from junheng.adapters.messaging.messenger import (
    ChatClosed,
    ChatFailing,
    ChatUnreachable,
    DeliveryUnknown,
    NotDelivered,
)
from junheng.domain.people.routes import Channel
from junheng.store import notices
from junheng.store.notices import Notice
from tasks.chase.delivery import Delivery, Outcome, Run, sent, unconfirmed


def settled(in_flight: Iterable[Notice], run: Run) -> Iterator[Delivery]:
    """Settle each card in flight; a channel that is closed or unreachable is asked only once."""
    failed: dict[str, Outcome] = {}
    for notice in in_flight:
        if notice.channel in failed:
            yield Delivery(notice, failed[notice.channel])
            continue
        try:
            yield _settle(notice, run)
        except NotDelivered as error:
            outcome = Outcome.WAITING if isinstance(error, ChatFailing) else Outcome.REFUSED
            if isinstance(error, ChatClosed | ChatUnreachable):
                failed[notice.channel] = outcome
            yield Delivery(notice, outcome, str(error))


def _settle(notice: Notice, run: Run) -> Delivery:
    """Settle a card whose sender died: mark it sent, owed again or unconfirmed.

    Raises:
        NotDelivered: its channel does not answer today.

    """
    try:
        receipt = _receipt(notice, run)
    except DeliveryUnknown as error:
        return unconfirmed(notice, str(error))
    if receipt is not None:
        return sent(notice, receipt, now=run.clock())
    with bootstrap.session() as session:
        notices.mark_failed(session, notice.id, reason=run.wording.interrupted)
    return Delivery(notice, Outcome.OWED_AGAIN)


def _receipt(notice: Notice, run: Run) -> str | None:
    """Ask the channel that a card was claimed for, even if another is chosen now."""
    channel = Channel(notice.channel)
    if notice.claimed_at is None or not run.messengers.is_set_up(channel):
        raise DeliveryUnknown(run.wording.no_longer_set_up.format(channel=run.names[channel]))
    messenger = run.messengers.of(channel)
    return messenger.was_delivered(key=notice.key, address=notice.address, since=notice.claimed_at)
