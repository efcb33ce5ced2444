"""Operators are told once of what went wrong, whatever fails and whoever dies meanwhile."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from junheng import bootstrap
from junheng.store import alarms as store
from tasks import alarms
from tests.fakes import FakeSlack

TUESDAY = date(2025, 11, 4)
RUN = "run:0195f5a0-0000-7000-8000-000000000001"
SAID = "daily-chase 的运行中断了。"
DISTRICT = "370405"


def on_duty(slack: FakeSlack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUNHENG_ALARM_ADDRESS", "#值班")
    monkeypatch.setenv("JUNHENG_SLACK_TOKEN", "xoxb-test")
    monkeypatch.setenv("JUNHENG_SLACK_BASE_URL", slack.url)


def noted(home: Path) -> list[str]:
    return (home / "outbox" / "alarms.txt").read_text("utf-8").splitlines()


def test_the_same_run_is_told_of_once(monkeypatch: pytest.MonkeyPatch, junheng_home: Path) -> None:
    with FakeSlack() as slack:
        on_duty(slack, monkeypatch)

        arrived = [alarms.tell(RUN, text, today=TUESDAY) for text in (SAID, SAID, "又一次。")]

    assert arrived == [True, True, True]
    assert [message["text"] for message in slack.messages] == [SAID]
    assert noted(junheng_home) == [f"2025-11-04 {SAID}"]


def test_where_nobody_is_to_be_told_it_is_noted_and_never_sent_later(
    monkeypatch: pytest.MonkeyPatch, junheng_home: Path
) -> None:
    assert not alarms.tell(RUN, SAID, today=TUESDAY)

    with FakeSlack() as slack:
        on_duty(slack, monkeypatch)
        alarms.send_owed()

    assert not slack.messages
    assert noted(junheng_home) == [f"2025-11-04 {SAID}"]


def test_what_chat_refused_goes_out_with_the_next_chase(monkeypatch: pytest.MonkeyPatch) -> None:
    with FakeSlack("channel_not_found") as slack:
        on_duty(slack, monkeypatch)
        assert not alarms.tell(RUN, SAID, today=TUESDAY)

        alarms.send_owed()
        alarms.send_owed()

    assert [message["text"] for message in slack.messages] == [SAID]


def test_an_alarm_whose_sender_died_is_looked_for_before_it_is_sent_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    long_ago = datetime.now(UTC) - timedelta(hours=1)
    with bootstrap.session() as session:
        alarm = store.put_up(session, DISTRICT, RUN, text=SAID, day=TUESDAY, is_owed=True)
        assert store.claim(session, alarm.id, channel="slack", address="#值班", now=long_ago)
    with FakeSlack() as slack:
        slack.id_of("#值班")
        on_duty(slack, monkeypatch)

        # The first finds out that it never arrived, and sends it.
        alarms.send_owed()

    assert slack.calls[0] == "conversations.history"
    assert [message["text"] for message in slack.messages] == [SAID]


def test_without_a_database_it_is_told_once_all_the_same(
    monkeypatch: pytest.MonkeyPatch, junheng_home: Path
) -> None:
    monkeypatch.setenv("JUNHENG_DATABASE_URL", "postgresql://127.0.0.1:9/junheng")
    with FakeSlack() as slack:
        on_duty(slack, monkeypatch)

        arrived = [alarms.tell(RUN, SAID, today=TUESDAY) for _ in range(2)]

    assert arrived == [True, False]
    assert [message["text"] for message in slack.messages] == [SAID]
    assert noted(junheng_home) == [f"2025-11-04 {SAID}"]
