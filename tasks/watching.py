"""The chaser watches itself: a heartbeat for a monitor, an alarm where nothing went out."""

import json
from datetime import UTC, date, datetime
from typing import Any

from junheng import bootstrap
from junheng.adapters import documents
from junheng.adapters.chat import DeliveryUncertain, NotDelivered
from junheng.domain.cards import CardPhrases
from junheng.store import notices
from tasks.chasing import Sendings

ALARM = "警报"


def watch(sendings: Sendings, *, today: date) -> str | None:
    """Write down how a chase ended and return its alarm; None where something went out.

    A day's alarm is a line in the outbox, and goes to JUNHENG_ALARM_ADDRESS until it has arrived.
    """
    alarm = _alarm(sendings, today)
    was_told_on = _last().get("alarm_delivered_on")
    delivered_on = was_told_on
    if alarm is not None:
        _write_down(alarm, today)
        if was_told_on != today.isoformat() and _delivered(alarm, today):
            delivered_on = today.isoformat()
    _beat(sendings, today=today, alarm=alarm, delivered_on=delivered_on)
    return alarm


def _alarm(sendings: Sendings, today: date) -> str | None:
    due = sendings.waiting + sendings.refused
    if sendings.sent or not due:
        return None
    says = CardPhrases.model_validate(bootstrap.rulebook().wording["cards"]).sendings
    return says.alarm.format(year=today.year, month=today.month, day=today.day, due=due)


def _write_down(alarm: str, today: date) -> None:
    """Add a line to the outbox's alarms, once a day."""
    path = bootstrap.settings().outbox_folder / "alarms.txt"
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    if not any(line.startswith(today.isoformat()) for line in lines):
        documents.put(path, "\n".join((*lines, f"{today.isoformat()} {alarm}", "")))


def _delivered(alarm: str, today: date) -> bool:
    """Say whether the alarm reached the address set for it; chat may be just what is down."""
    route = bootstrap.settings().alarm_route
    if route is None:
        return False
    key = f"{bootstrap.rulebook().district.code}:{today.isoformat()}:{ALARM}"
    try:
        messenger = bootstrap.messengers(lambda _: None).of(route.channel)
        messenger.send(key=key, address=route.address, text=alarm)
    except (NotDelivered, DeliveryUncertain):
        return False
    return True


def _last() -> dict[str, Any]:
    path = bootstrap.settings().heartbeat
    try:
        found = json.loads(path.read_text("utf-8")) if path.exists() else {}
    except ValueError:
        # Somebody's hand was in it: what matters is what is written now.
        found = {}
    return found if isinstance(found, dict) else {}


def _beat(sendings: Sendings, *, today: date, alarm: str | None, delivered_on: str | None) -> None:
    district = bootstrap.rulebook().district.code
    with bootstrap.session() as session:
        still_owed = notices.owed(session, district) + notices.in_flight(session, district)
    beat = {
        "day": today.isoformat(),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "owed": len(still_owed),
        "sent": sendings.sent,
        "waiting": sendings.waiting,
        "refused": sendings.refused,
        "withheld": sendings.withheld,
        "alarm": alarm,
        "alarm_delivered_on": delivered_on,
    }
    text = json.dumps(beat, ensure_ascii=False, indent=1)
    documents.put(bootstrap.settings().heartbeat, f"{text}\n")
