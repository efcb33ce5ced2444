"""Alarms: notifies operators of a failure once, and adds a line to the outbox."""

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
# The prefix of an alarm about a run; only Prefect knows whether it still applies.
RUN = "run:"
# Whether an alarm still applies, given what it is about; None: unknown now, the alarm waits.
Still = Callable[[str], bool | None]
# Longer than the timeout of any channel: the sender of an alarm claimed earlier has died.
LONGEST_SENDING = timedelta(minutes=10)


def true_unless_of_a_run(about: str) -> bool | None:
    """Return True, or None for an alarm about a run: only a process with Prefect can check it."""
    return None if about.startswith(RUN) else True


def tell(
    about: str, text: str, *, today: date, clock: Clock, still: Still = true_unless_of_a_run
) -> bool:
    """Send operators an alarm once, to JUNHENG_ALARM_ADDRESS; return whether it has arrived.

    An alarm that did not arrive is retried by the watch of runs and with the next alarm.
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
    """Return whether an alarm is sent or owed: by its row, or by its mark without a database."""
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


def send_owed(still: Still = true_unless_of_a_run, *, clock: Clock) -> None:
    """Send each owed alarm once; one that chat does not take stays owed.

    Raises:
        DatabaseUnusable: the owed alarms cannot be read.
        DatabaseReadOnly: an alarm is owed, and its status cannot be written.

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
        _send_or_withdraw(alarm, route, messengers, clock, still_applies=still(alarm.about))


def _send_or_withdraw(
    alarm: Alarm, route: Route, messengers: Messengers, clock: Clock, *, still_applies: bool | None
) -> None:
    match still_applies:
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
    """Claim one alarm and send it; after an unclear answer it stays claimed."""
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
    """Settle an alarm whose sender died: mark it sent, owed again or unconfirmed."""
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
    """Send an alarm without a database: a mark file instead of a row makes it idempotent."""
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
    """Add a line to the alarms in the outbox; a full disk does not stop the alarm."""
    path = bootstrap.settings().outbox_folder / "alarms.txt"
    try:
        line_lists.add(path, f"{day.isoformat()} {text}")
    except NotWritten as error:
        log.warning("%s", error)


def _key(alarm: Alarm) -> str:
    district = bootstrap.rulebook().district.code
    return f"{district}:{alarm.raised_on.isoformat()}:{ALARM} {alarm.about}"
