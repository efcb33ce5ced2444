"""Watches the chase: writes a heartbeat for a monitor, raises an alarm if nothing was sent."""

import json
from datetime import date, datetime
from typing import Any

from junheng import bootstrap
from junheng.adapters.files import pages
from junheng.domain.office_days import Clock
from junheng.store import notices
from tasks.chase import alarms
from tasks.chase.cards import Sendings


def watch(sendings: Sendings, *, today: date, clock: Clock) -> str | None:
    """Write the heartbeat of a chase and return its alarm; None if cards were sent or none is due.

    A day's alarm is a line in the outbox, and is sent to JUNHENG_ALARM_ADDRESS until it arrives.
    """
    alarm = _alarm(sendings, today)
    delivered_on = _last().get("alarm_delivered_on")
    if alarm is None:
        alarms.send_owed(clock=clock)
    elif alarms.tell(f"cards:{today.isoformat()}", alarm, today=today, clock=clock):
        delivered_on = today.isoformat()
    _alarm_of_unconfirmed(today, clock)
    _beat(sendings, today=today, at=clock(), alarm=alarm, delivered_on=delivered_on)
    return alarm


def _alarm_of_unconfirmed(today: date, clock: Clock) -> None:
    """Alarm operators once a day of the number of cards that wait for `junheng resend`."""
    rulebook = bootstrap.rulebook()
    with bootstrap.session() as session:
        count = len(notices.unconfirmed(session, rulebook.district.code))
    if count:
        text = rulebook.wording.cards.sendings.unconfirmed_alarm.format(count=count)
        alarms.tell(f"unconfirmed:{today.isoformat()}", text, today=today, clock=clock)


def _alarm(sendings: Sendings, today: date) -> str | None:
    due = sendings.waiting + sendings.refused
    if sendings.sent or not due:
        return None
    alarm = bootstrap.rulebook().wording.cards.sendings.alarm
    return alarm.format(year=today.year, month=today.month, day=today.day, due=due)


def _last() -> dict[str, Any]:
    path = bootstrap.settings().heartbeat
    try:
        found = json.loads(path.read_text("utf-8")) if path.exists() else {}
    except ValueError:
        # It was edited by hand; it is overwritten below.
        found = {}
    return found if isinstance(found, dict) else {}


def _beat(
    sendings: Sendings, *, today: date, at: datetime, alarm: str | None, delivered_on: str | None
) -> None:
    district = bootstrap.rulebook().district.code
    with bootstrap.session() as session:
        still_owed = notices.owed(session, district) + notices.in_flight(session, district)
    beat = {
        "day": today.isoformat(),
        "at": at.isoformat(timespec="seconds"),
        "owed": len(still_owed),
        "sent": sendings.sent,
        "waiting": sendings.waiting,
        "refused": sendings.refused,
        "withheld": sendings.withheld,
        "alarm": alarm,
        "alarm_delivered_on": delivered_on,
    }
    text = json.dumps(beat, ensure_ascii=False, indent=1)
    pages.put(bootstrap.settings().heartbeat, f"{text}\n")
