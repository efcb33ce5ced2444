"""Alarms: tells operators once what went wrong, and keeps a line of it in the outbox."""

import logging
from collections.abc import Callable
from datetime import date, datetime, timedelta

from junheng import bootstrap, wording
from junheng.adapters import alarm_marks
from junheng.adapters.channels import Messengers
from junheng.adapters.files import line_lists
from junheng.adapters.files.pages import NotWritten
from junheng.adapters.messaging.messenger import (
    DeliveryUncertain,
    DeliveryUnknown,
    NotDelivered,
    Withheld,
)
from junheng.domain.chase.message_status import AlarmStatus
from junheng.domain.office_days import Clock
from junheng.domain.people.routes import Channel, Route
from junheng.store import alarms as store
from junheng.store.alarms import Alarm
from junheng.store.database.failures import DatabaseUnusable
from junheng.store.database.read_only import DatabaseReadOnly

log = logging.getLogger(__name__)

ALARM = "警报"
# An alarm about a run begins with this; whether it still holds, only Prefect can say.
RUN = "run:"
# Is it still so, what an alarm tells of? None: it cannot be said now, and the alarm waits.
Still = Callable[[str], bool | None]
# Longer than any channel lets us wait for its answer: who claimed an alarm earlier has died.
LONGEST_SENDING = timedelta(minutes=10)


def unless_of_a_run(about: str) -> bool | None:
    """Return that an alarm holds, None of a run: that waits for somebody who can ask Prefect."""
    return None if about.startswith(RUN) else True


def tell(
    about: str, text: str, *, today: date, clock: Clock, still: Still = unless_of_a_run
) -> bool:
    """Tell operators of something once, by JUNHENG_ALARM_ADDRESS; say whether it has arrived.

    What did not arrive is tried again by the watch of runs, and when something else is told.
    """
    if alarm_marks.is_there(bootstrap.settings().told_folder, about):
        return False
    district = bootstrap.rulebook().district.code
    try:
        with bootstrap.session() as session:
            is_owed = bootstrap.settings().alarm_route is not None
            alarm = store.put_up(session, district, about, text=text, day=today, is_owed=is_owed)
    except (DatabaseUnusable, DatabaseReadOnly):
        return _tell_without_database(about, text, today, clock)
    _write_down(alarm.text, alarm.raised_on)
    send_owed(still, clock=clock)
    return has_arrived(about)


def is_known(about: str) -> bool:
    """Return whether somebody has told, or owes, an alarm: by its row, or without a database."""
    if alarm_marks.is_there(bootstrap.settings().told_folder, about):
        return True
    try:
        with bootstrap.reading_session() as session:
            return store.about(session, bootstrap.rulebook().district.code, about) is not None
    except DatabaseUnusable:
        return False


def has_arrived(about: str) -> bool:
    district = bootstrap.rulebook().district.code
    with bootstrap.reading_session() as session:
        alarm = store.about(session, district, about)
    return alarm is not None and alarm.status in {AlarmStatus.SENT, AlarmStatus.WITHHELD}


def send_owed(still: Still = unless_of_a_run, *, clock: Clock) -> None:
    """Send the alarms that are owed, each once; chat may be just what is down.

    Raises:
        DatabaseUnusable: what is owed cannot be read.
        DatabaseReadOnly: something is owed, and nobody may write that it is sent.

    """
    route = bootstrap.settings().alarm_route
    messengers = bootstrap.messengers(lambda _: None, clock)
    district = bootstrap.rulebook().district.code
    with bootstrap.reading_session() as session:
        died_before = clock() - LONGEST_SENDING
        in_flight = store.left_in_flight(session, district, before=died_before)
    for alarm in in_flight:
        _settle(alarm, messengers, clock)
    if route is None:
        return
    with bootstrap.reading_session() as session:
        owed = store.owed(session, district)
    for alarm in owed:
        _send_or_withdraw(alarm, route, messengers, clock, is_so=still(alarm.about))


def _send_or_withdraw(
    alarm: Alarm, route: Route, messengers: Messengers, clock: Clock, *, is_so: bool | None
) -> None:
    match is_so:
        case True:
            _send(alarm, route, messengers, clock)
        case False:
            put_right = wording.packaged().withdrawals.alarm_put_right
            with bootstrap.session() as session:
                store.withdraw(session, alarm.id, reason=put_right)
        case None:
            # It stays owed.
            return


def _send(alarm: Alarm, route: Route, messengers: Messengers, clock: Clock) -> None:
    """Send one alarm, claimed before; after an unclear answer it stays claimed."""
    with bootstrap.session() as session:
        channel, now = route.channel.value, clock()
        if not store.claim(session, alarm.id, channel=channel, address=route.address, now=now):
            return
    try:
        receipt = messengers.of(route.channel).send(
            key=_key(alarm), address=route.address, text=alarm.text
        )
    except DeliveryUncertain:
        return
    except DeliveryUnknown as error:
        _give_up(alarm, str(error))
        return
    except NotDelivered as error:
        with bootstrap.session() as session:
            store.owe_again(session, alarm.id, reason=str(error))
        return
    _mark_sent(alarm, receipt, clock())


def _settle(alarm: Alarm, messengers: Messengers, clock: Clock) -> None:
    """Find out what became of an alarm whose sender died: arrived, owed again, or never known."""
    channel, since = Channel(alarm.channel or ""), alarm.claimed_at or clock()
    try:
        receipt = messengers.of(channel).was_delivered(
            key=_key(alarm), address=alarm.address or "", since=since
        )
    except NotDelivered:
        return
    except DeliveryUnknown as error:
        _give_up(alarm, str(error))
        return
    if receipt is not None:
        _mark_sent(alarm, receipt, clock())
        return
    with bootstrap.session() as session:
        store.owe_again(session, alarm.id, reason="")


def _give_up(alarm: Alarm, reason: str) -> None:
    with bootstrap.session() as session:
        store.mark_unconfirmed(session, alarm.id, reason=reason)


def _mark_sent(alarm: Alarm, receipt: str, now: datetime) -> None:
    is_withheld = isinstance(receipt, Withheld)
    with bootstrap.session() as session:
        store.mark_sent(session, alarm.id, receipt=receipt, now=now, is_withheld=is_withheld)


def _tell_without_database(about: str, text: str, today: date, clock: Clock) -> bool:
    """Tell of something where no row can be kept: a mark stands for it, made once."""
    folder = bootstrap.settings().told_folder
    if not alarm_marks.make(folder, about):
        return False
    _write_down(text, today)
    route = bootstrap.settings().alarm_route
    if route is None:
        return False
    key = f"{bootstrap.rulebook().district.code}:{today.isoformat()}:{ALARM} {about}"
    try:
        messenger = bootstrap.messengers(lambda _: None, clock).of(route.channel)
        messenger.send(key=key, address=route.address, text=text)
    except NotDelivered:
        alarm_marks.drop(folder, about)
        return False
    except (DeliveryUncertain, DeliveryUnknown):
        return False
    return True


def _write_down(text: str, day: date) -> None:
    """Add a line to the outbox's alarms; the alarm goes out also where the disk is full."""
    path = bootstrap.settings().outbox_folder / "alarms.txt"
    try:
        line_lists.add(path, f"{day.isoformat()} {text}")
    except NotWritten as error:
        log.warning("%s", error)


def _key(alarm: Alarm) -> str:
    district = bootstrap.rulebook().district.code
    return f"{district}:{alarm.raised_on.isoformat()}:{ALARM} {alarm.about}"
