"""Operators are told once of what went wrong, whatever fails and whoever dies meanwhile."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from junheng import bootstrap
from junheng.adapters import clock
from junheng.store import alarms as store
from tasks.chase import alarms
from tests.fakes import FakeSlack

TUESDAY = date(2025, 11, 4)
RUN = "run:0195f5a0-0000-7000-8000-000000000001"
SAID = "daily-chase 的运行中断了。"
DISTRICT = "370405"


def on_duty(slack: FakeSlack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUNHENG_ALARM_ADDRESS", "#值班")
    monkeypatch.setenv("JUNHENG_SLACK_TOKEN", "xoxb-test")
    monkeypatch.setenv("JUNHENG_SLACK_BASE_URL", slack.url)


def holds(about: str) -> bool:
    """Say of every alarm that it still holds."""
    return bool(about)


def status_of(about: str) -> str:
    with bootstrap.session() as session:
        alarm = store.about(session, DISTRICT, about)
    assert alarm is not None
    return alarm.status


def noted(home: Path) -> list[str]:
    return (home / "outbox" / "alarms.txt").read_text("utf-8").splitlines()


def test_the_same_run_is_told_of_once(monkeypatch: pytest.MonkeyPatch, junheng_home: Path) -> None:
    with FakeSlack() as slack:
        on_duty(slack, monkeypatch)

        arrived = [
            alarms.tell(RUN, text, today=TUESDAY, still=holds, clock=clock.now)
            for text in (SAID, SAID, "又一次。")
        ]

    assert arrived == [True, True, True]
    assert [message["text"] for message in slack.messages] == [SAID]
    assert noted(junheng_home) == [f"2025-11-04 {SAID}"]


def test_where_nobody_is_to_be_told_it_is_noted_and_never_sent_later(
    monkeypatch: pytest.MonkeyPatch, junheng_home: Path
) -> None:
    assert not alarms.tell(RUN, SAID, today=TUESDAY, clock=clock.now)

    with FakeSlack() as slack:
        on_duty(slack, monkeypatch)
        alarms.send_owed(holds, clock=clock.now)

    assert not slack.messages
    assert noted(junheng_home) == [f"2025-11-04 {SAID}"]


def test_what_chat_refused_goes_out_when_the_watch_looks_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with FakeSlack("channel_not_found") as slack:
        on_duty(slack, monkeypatch)
        assert not alarms.tell(RUN, SAID, today=TUESDAY, still=holds, clock=clock.now)

        alarms.send_owed(holds, clock=clock.now)
        alarms.send_owed(holds, clock=clock.now)

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
        alarms.send_owed(holds, clock=clock.now)

    assert slack.calls[0] == "conversations.history"
    assert [message["text"] for message in slack.messages] == [SAID]


class TestAnAlarmThatWaited:
    """Chat was down when it was told: before it goes out, it is asked whether it still holds."""

    @pytest.fixture
    def slack(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeSlack]:
        with FakeSlack("channel_not_found") as slack:
            on_duty(slack, monkeypatch)
            assert not alarms.tell(RUN, SAID, today=TUESDAY, still=holds, clock=clock.now)
            yield slack

    def test_is_withdrawn_where_the_run_was_put_right(self, slack: FakeSlack) -> None:
        alarms.send_owed(lambda _: False, clock=clock.now)
        alarms.send_owed(holds, clock=clock.now)

        assert not slack.messages
        assert status_of(RUN) == "withdrawn"

    def test_waits_where_nobody_can_say(self, slack: FakeSlack) -> None:
        alarms.send_owed(lambda _: None, clock=clock.now)

        assert not slack.messages
        assert status_of(RUN) == "owed"

    def test_of_a_run_is_left_to_the_watch_by_a_chase(self, slack: FakeSlack) -> None:
        alarms.tell("cards:2025-11-04", "应发14张。", today=TUESDAY, clock=clock.now)

        assert [message["text"] for message in slack.messages] == ["应发14张。"]
        assert status_of(RUN) == "owed"


class TestWithoutADatabase:
    """It is down, or may only be read."""

    @pytest.fixture(params=["down", "read only"], autouse=True)
    def _nothing_is_written(
        self, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        if request.param == "down":
            monkeypatch.setenv("JUNHENG_DATABASE_URL", "postgresql://127.0.0.1:9/junheng")
        else:
            monkeypatch.setattr(bootstrap, "why_read_only", lambda: "只能查看")

    def test_it_is_told_once_and_known(
        self, monkeypatch: pytest.MonkeyPatch, junheng_home: Path
    ) -> None:
        with FakeSlack() as slack:
            on_duty(slack, monkeypatch)
            before = alarms.is_known(RUN)

            # Who tells it again may have heard of more steps, and on another day.
            told = [
                alarms.tell(RUN, SAID, today=TUESDAY, still=holds, clock=clock.now),
                alarms.tell(
                    RUN, "又一次。", today=TUESDAY + timedelta(days=1), still=holds, clock=clock.now
                ),
            ]

        assert told == [True, False]
        assert (before, alarms.is_known(RUN)) == (False, True)
        assert [message["text"] for message in slack.messages] == [SAID]
        assert noted(junheng_home) == [f"2025-11-04 {SAID}"]

    def test_what_chat_refused_is_tried_again(
        self, monkeypatch: pytest.MonkeyPatch, junheng_home: Path
    ) -> None:
        with FakeSlack("channel_not_found") as slack:
            on_duty(slack, monkeypatch)

            told = [
                alarms.tell(RUN, SAID, today=TUESDAY, still=holds, clock=clock.now)
                for _ in range(2)
            ]

        assert told == [False, True]
        assert [message["text"] for message in slack.messages] == [SAID]
        assert noted(junheng_home) == [f"2025-11-04 {SAID}"]


def test_what_was_told_without_a_database_is_not_told_again_when_it_is_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with FakeSlack() as slack:
        on_duty(slack, monkeypatch)
        with monkeypatch.context() as gone:
            gone.setenv("JUNHENG_DATABASE_URL", "postgresql://127.0.0.1:9/junheng")
            alarms.tell(RUN, SAID, today=TUESDAY, still=holds, clock=clock.now)

        alarms.tell(RUN, SAID, today=TUESDAY, still=holds, clock=clock.now)
        alarms.send_owed(holds, clock=clock.now)

    assert [message["text"] for message in slack.messages] == [SAID]


def test_a_list_that_cannot_be_written_keeps_no_alarm_back(
    monkeypatch: pytest.MonkeyPatch, junheng_home: Path
) -> None:
    (junheng_home / "outbox").parent.mkdir(parents=True)
    (junheng_home / "outbox").write_text("", "utf-8")
    with FakeSlack() as slack:
        on_duty(slack, monkeypatch)

        assert alarms.tell(RUN, SAID, today=TUESDAY, still=holds, clock=clock.now)

    assert [message["text"] for message in slack.messages] == [SAID]
