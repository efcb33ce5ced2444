"""Alarms: tells operators once what went wrong, and keeps a line of it in the outbox."""

from datetime import UTC, date, datetime, timedelta

from junheng import bootstrap
from junheng.adapters import documents
from junheng.adapters.channels import Messengers
from junheng.adapters.chat import (
    DeliveryUncertain,
    DeliveryUnknown,
    NotDelivered,
    Withheld,
)
from junheng.domain.routes import Channel, Route
from junheng.store import alarms as store
from junheng.store.alarms import Alarm, Status
from junheng.store.failures import DatabaseUnusable

ALARM = "警报"
# Longer than any channel lets us wait for its answer: who claimed an alarm earlier has died.
LONGEST_SENDING = timedelta(minutes=10)


def tell(about: str, text: str, *, today: date) -> bool:
    """Tell operators of something once, by JUNHENG_ALARM_ADDRESS; say whether it has arrived.

    What did not arrive is tried again whenever something is told, or a chase ends.
    """
    district = bootstrap.rulebook().district.code
    try:
        with bootstrap.session() as session:
            is_owed = bootstrap.settings().alarm_route is not None
            alarm = store.put_up(session, district, about, text=text, day=today, is_owed=is_owed)
    except DatabaseUnusable:
        return _tell_without_database(about, text, today)
    _write_down(alarm.text, alarm.raised_on)
    send_owed()
    return has_arrived(about)


def has_arrived(about: str) -> bool:
    district = bootstrap.rulebook().district.code
    with bootstrap.session() as session:
        alarm = store.about(session, district, about)
    return alarm is not None and alarm.status in {Status.SENT, Status.WITHHELD}


def send_owed() -> None:
    """Send the alarms that are owed, each once; chat may be just what is down."""
    route = bootstrap.settings().alarm_route
    messengers = bootstrap.messengers(lambda _: None)
    district = bootstrap.rulebook().district.code
    with bootstrap.session() as session:
        died_before = datetime.now(UTC) - LONGEST_SENDING
        in_flight = store.left_in_flight(session, district, before=died_before)
    for alarm in in_flight:
        _settle(alarm, messengers)
    if route is None:
        return
    with bootstrap.session() as session:
        owed = store.owed(session, district)
    for alarm in owed:
        _send(alarm, route, messengers)


def _send(alarm: Alarm, route: Route, messengers: Messengers) -> None:
    """Send one alarm, claimed before; after an unclear answer it stays claimed."""
    with bootstrap.session() as session:
        channel, now = route.channel.value, datetime.now(UTC)
        if not store.claim(session, alarm.id, channel=channel, address=route.address, now=now):
            return
    try:
        receipt = messengers.of(route.channel).send(
            key=_key(alarm), address=route.address, text=alarm.text
        )
    except DeliveryUncertain:
        return
    except NotDelivered as error:
        with bootstrap.session() as session:
            store.owe_again(session, alarm.id, reason=str(error))
        return
    _mark_sent(alarm, receipt)


def _settle(alarm: Alarm, messengers: Messengers) -> None:
    """Find out what became of an alarm whose sender died: arrived, owed again, or never known."""
    channel, since = Channel(alarm.channel or ""), alarm.claimed_at or datetime.now(UTC)
    try:
        receipt = messengers.of(channel).was_delivered(
            key=_key(alarm), address=alarm.address or "", since=since
        )
    except NotDelivered:
        return
    except DeliveryUnknown as error:
        with bootstrap.session() as session:
            store.mark_unconfirmed(session, alarm.id, reason=str(error))
        return
    if receipt is not None:
        _mark_sent(alarm, receipt)
        return
    with bootstrap.session() as session:
        store.owe_again(session, alarm.id, reason="")


def _mark_sent(alarm: Alarm, receipt: str) -> None:
    is_withheld, now = isinstance(receipt, Withheld), datetime.now(UTC)
    with bootstrap.session() as session:
        store.mark_sent(session, alarm.id, receipt=receipt, now=now, is_withheld=is_withheld)


def _tell_without_database(about: str, text: str, today: date) -> bool:
    """Tell of something where no row can be kept: the line in the outbox stands for it."""
    route = bootstrap.settings().alarm_route
    if not _write_down(text, today) or route is None:
        return False
    key = f"{bootstrap.rulebook().district.code}:{today.isoformat()}:{ALARM} {about}"
    try:
        messenger = bootstrap.messengers(lambda _: None).of(route.channel)
        messenger.send(key=key, address=route.address, text=text)
    except (NotDelivered, DeliveryUncertain):
        return False
    return True


def _write_down(text: str, day: date) -> bool:
    """Add a line to the outbox's alarms and return whether it is new."""
    path = bootstrap.settings().outbox_folder / "alarms.txt"
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    line = f"{day.isoformat()} {text}"
    if line in lines:
        return False
    documents.put(path, "\n".join((*lines, line, "")))
    return True


def _key(alarm: Alarm) -> str:
    district = bootstrap.rulebook().district.code
    return f"{district}:{alarm.raised_on.isoformat()}:{ALARM} {alarm.about}"
