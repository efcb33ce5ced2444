"""The heartbeat of a chase, and the alarm if no due card was sent."""

import json
from pathlib import Path

import pytest

from junheng.adapters import clock
from tasks.chase import watchdog
from tasks.chase.cards import Sendings
from tests.fakes import FakeSlack
from tests.fakes_mail import FakeMail
from tests.tasks.owed_cards import MONDAY, TUESDAY, owed_to_everyone, send

NONE_WENT_OUT = Sendings(sent=0, waiting=12, refused=2, withheld=0, summary="", problems=())


def heartbeat(home: Path) -> dict[str, object]:
    read: dict[str, object] = json.loads((home / "heartbeat.json").read_text("utf-8"))
    return read


def test_a_chase_that_sends_cards_writes_a_heartbeat_without_an_alarm(junheng_home: Path) -> None:
    owed_to_everyone()

    alarm = watchdog.watch(send(), today=MONDAY, clock=clock.now)

    beat = heartbeat(junheng_home)
    assert alarm is None
    assert (beat["day"], beat["sent"], beat["owed"], beat["alarm"]) == ("2025-11-03", 3, 0, None)


def test_a_chase_with_nothing_due_raises_no_alarm() -> None:
    assert watchdog.watch(send(), today=MONDAY, clock=clock.now) is None


def test_fourteen_due_and_none_sent_raises_an_alarm_once_a_day(junheng_home: Path) -> None:
    alarms = [
        watchdog.watch(NONE_WENT_OUT, today=day, clock=clock.now)
        for day in (MONDAY, MONDAY, TUESDAY)
    ]

    assert all("应发14张卡片，一张也没有发出" in (alarm or "") for alarm in alarms)
    lines = (junheng_home / "outbox" / "alarms.txt").read_text("utf-8").splitlines()
    assert [line[:10] for line in lines] == ["2025-11-03", "2025-11-04"]


def test_the_alarm_is_sent_to_the_alarm_address_until_it_has_arrived(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("JUNHENG_ALARM_ADDRESS", "#值班")
    with FakeSlack("channel_not_found") as slack:
        monkeypatch.setenv("JUNHENG_SLACK_TOKEN", "xoxb-test")
        monkeypatch.setenv("JUNHENG_SLACK_BASE_URL", slack.url)

        for _ in range(3):
            watchdog.watch(NONE_WENT_OUT, today=MONDAY, clock=clock.now)

    assert slack.calls.count("chat.postMessage") == 2
    assert [message["channel"] for message in slack.messages] == ["#值班"]


def test_the_alarm_can_use_another_channel_than_the_cards(
    monkeypatch: pytest.MonkeyPatch, junheng_home: Path
) -> None:
    with FakeMail() as mail:
        settings = {
            "SLACK_TOKEN": "xoxb-test",
            "ALARM_ADDRESS": "email:zhiban@example.org",
            "ALLOWED_ADDRESSES": "zhiban@example.org",
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(mail.port),
            "EMAIL_SECURITY": "none",
            "EMAIL_FROM": "office@example.org",
        }
        for name, value in settings.items():
            monkeypatch.setenv(f"JUNHENG_{name}", value)

        for _ in range(2):
            watchdog.watch(NONE_WENT_OUT, today=MONDAY, clock=clock.now)

    assert len(mail.letters) == 1
    assert heartbeat(junheng_home)["alarm_delivered_on"] == "2025-11-03"
