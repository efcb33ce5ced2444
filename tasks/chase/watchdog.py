"""The chaser watches itself: a heartbeat for a monitor, an alarm where nothing went out."""

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
    """Write down how a chase ended and return its alarm; None where something went out.

    A day's alarm is a line in the outbox, and goes to JUNHENG_ALARM_ADDRESS until it has arrived.
    """
    alarm = _alarm(sendings, today)
    delivered_on = _last().get("alarm_delivered_on")
    if alarm is None:
        alarms.send_owed(clock=clock)
    elif alarms.tell(f"cards:{today.isoformat()}", alarm, today=today, clock=clock):
        delivered_on = today.isoformat()
    _tell_of_unconfirmed(today, clock)
    _beat(sendings, today=today, at=clock(), alarm=alarm, delivered_on=delivered_on)
    return alarm


def _tell_of_unconfirmed(today: date, clock: Clock) -> None:
    """Tell operators once a day how many cards wait for `junheng resend`."""
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
        # Somebody's hand was in it: what matters is what is written now.
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
