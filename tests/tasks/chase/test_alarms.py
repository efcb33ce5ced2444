"""Operators get an alarm once, whatever fails and whichever process dies meanwhile."""

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


def still_applies(about: str) -> bool:
    """Return that every alarm still applies."""
    return bool(about)


def status_of(about: str) -> str:
    with bootstrap.session() as session:
        alarm = store.about(session, DISTRICT, about)
    assert alarm is not None
    return alarm.status


def noted(home: Path) -> list[str]:
    return (home / "outbox" / "alarms.txt").read_text("utf-8").splitlines()


def test_repeated_alarms_about_a_run_are_sent_once(
    monkeypatch: pytest.MonkeyPatch, junheng_home: Path
) -> None:
    with FakeSlack() as slack:
        on_duty(slack, monkeypatch)

        arrived = [
            alarms.tell(RUN, text, today=TUESDAY, still=still_applies, clock=clock.now)
            for text in (SAID, SAID, "又一次。")
        ]

    assert arrived == [True, True, True]
    assert [message["text"] for message in slack.messages] == [SAID]
    assert noted(junheng_home) == [f"2025-11-04 {SAID}"]


def test_an_alarm_without_an_address_is_written_down_and_never_sent_later(
    monkeypatch: pytest.MonkeyPatch, junheng_home: Path
) -> None:
    assert not alarms.tell(RUN, SAID, today=TUESDAY, clock=clock.now)

    with FakeSlack() as slack:
        on_duty(slack, monkeypatch)
        alarms.send_owed(still_applies, clock=clock.now)

    assert not slack.messages
    assert noted(junheng_home) == [f"2025-11-04 {SAID}"]


def test_a_refused_alarm_is_sent_by_the_next_look_of_the_watch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with FakeSlack("channel_not_found") as slack:
        on_duty(slack, monkeypatch)
        assert not alarms.tell(RUN, SAID, today=TUESDAY, still=still_applies, clock=clock.now)

        alarms.send_owed(still_applies, clock=clock.now)
        alarms.send_owed(still_applies, clock=clock.now)

    assert [message["text"] for message in slack.messages] == [SAID]


def test_an_alarm_whose_sender_died_is_searched_in_the_history_before_a_retry(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    long_ago = datetime.now(UTC) - timedelta(hours=1)
    with bootstrap.session() as session:
        alarm = store.put_up(session, DISTRICT, RUN, text=SAID, day=TUESDAY, is_owed=True)
        assert store.claim(session, alarm.id, channel="slack", address="#值班", now=long_ago)
    with FakeSlack() as slack:
        slack.id_of("#值班")
        on_duty(slack, monkeypatch)

        # This call finds that the alarm never arrived, and sends it.
        alarms.send_owed(still_applies, clock=clock.now)

    assert slack.calls[0] == "conversations.history"
    assert [message["text"] for message in slack.messages] == [SAID]


class TestADelayedAlarm:
    """Chat was down at first: before a retry, the alarm is checked to still apply."""

    @pytest.fixture
    def slack(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeSlack]:
        with FakeSlack("channel_not_found") as slack:
            on_duty(slack, monkeypatch)
            assert not alarms.tell(RUN, SAID, today=TUESDAY, still=still_applies, clock=clock.now)
            yield slack

    def test_is_withdrawn_if_the_run_has_succeeded_since(self, slack: FakeSlack) -> None:
        alarms.send_owed(lambda _: False, clock=clock.now)
        alarms.send_owed(still_applies, clock=clock.now)

        assert not slack.messages
        assert status_of(RUN) == "withdrawn"

    def test_waits_while_it_is_unknown_whether_it_still_applies(self, slack: FakeSlack) -> None:
        alarms.send_owed(lambda _: None, clock=clock.now)

        assert not slack.messages
        assert status_of(RUN) == "owed"

    def test_about_a_run_is_left_to_the_watch_by_a_chase(self, slack: FakeSlack) -> None:
        alarms.tell("cards:2025-11-04", "应发14张。", today=TUESDAY, clock=clock.now)

        assert [message["text"] for message in slack.messages] == ["应发14张。"]
        assert status_of(RUN) == "owed"


class TestWithoutADatabase:
    """The database is down, or read-only."""

    @pytest.fixture(params=["down", "read only"], autouse=True)
    def _nothing_is_written(
        self, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        if request.param == "down":
            monkeypatch.setenv("JUNHENG_DATABASE_URL", "postgresql://127.0.0.1:9/junheng")
        else:
            monkeypatch.setattr(bootstrap, "why_read_only", lambda: "只能查看")

    def test_an_alarm_is_sent_once_and_is_known(
        self, monkeypatch: pytest.MonkeyPatch, junheng_home: Path
    ) -> None:
        with FakeSlack() as slack:
            on_duty(slack, monkeypatch)
            before = alarms.is_known(RUN)

            # A second alarm about the run may have another text, on another day.
            arrived = [
                alarms.tell(RUN, SAID, today=TUESDAY, still=still_applies, clock=clock.now),
                alarms.tell(
                    RUN,
                    "又一次。",
                    today=TUESDAY + timedelta(days=1),
                    still=still_applies,
                    clock=clock.now,
                ),
            ]

        assert arrived == [True, False]
        assert (before, alarms.is_known(RUN)) == (False, True)
        assert [message["text"] for message in slack.messages] == [SAID]
        assert noted(junheng_home) == [f"2025-11-04 {SAID}"]

    def test_a_refused_alarm_is_retried(
        self, monkeypatch: pytest.MonkeyPatch, junheng_home: Path
    ) -> None:
        with FakeSlack("channel_not_found") as slack:
            on_duty(slack, monkeypatch)

            arrived = [
                alarms.tell(RUN, SAID, today=TUESDAY, still=still_applies, clock=clock.now)
                for _ in range(2)
            ]

        assert arrived == [False, True]
        assert [message["text"] for message in slack.messages] == [SAID]
        assert noted(junheng_home) == [f"2025-11-04 {SAID}"]


def test_an_alarm_sent_without_a_database_is_not_sent_again_once_it_is_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with FakeSlack() as slack:
        on_duty(slack, monkeypatch)
        with monkeypatch.context() as patch:
            patch.setenv("JUNHENG_DATABASE_URL", "postgresql://127.0.0.1:9/junheng")
            alarms.tell(RUN, SAID, today=TUESDAY, still=still_applies, clock=clock.now)

        alarms.tell(RUN, SAID, today=TUESDAY, still=still_applies, clock=clock.now)
        alarms.send_owed(still_applies, clock=clock.now)

    assert [message["text"] for message in slack.messages] == [SAID]


def test_an_alarm_is_sent_even_if_its_line_cannot_be_written(
    monkeypatch: pytest.MonkeyPatch, junheng_home: Path
) -> None:
    (junheng_home / "outbox").parent.mkdir(parents=True)
    (junheng_home / "outbox").write_text("", "utf-8")
    with FakeSlack() as slack:
        on_duty(slack, monkeypatch)

        assert alarms.tell(RUN, SAID, today=TUESDAY, still=still_applies, clock=clock.now)

    assert [message["text"] for message in slack.messages] == [SAID]
