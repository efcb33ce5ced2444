"""Sending: each card is sent once and never lost, whichever process is killed and when."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from junheng import bootstrap
from junheng.adapters import clock
from junheng.adapters.slack.sending import SlackMessenger
from junheng.domain.office_days import OFFICE_ZONE
from junheng.settings import PROJECT_ROOT
from tasks.chase import cards
from tests.fakes import FakeSlack, Post
from tests.tasks.owed_cards import (
    DEPARTMENTS,
    DISTRICT,
    KEYS,
    errors,
    outbox,
    owed_to_everyone,
    send,
    statuses,
)

# A sender that is killed before or after the call for its first card.
KILLED = """
import os, signal, sys
from junheng.adapters import clock
from junheng.adapters.messaging.messenger import FileMessenger
from junheng.adapters.slack.sending import SlackMessenger
from tasks.chase import cards

moment = sys.argv[1]
for messenger in (SlackMessenger, FileMessenger):
    def send(self, real=messenger.send, **card):
        if moment == "after":
            real(self, **card)
        os.kill(os.getpid(), signal.SIGKILL)
    messenger.send = send
cards.send_cards(show=lambda card: None, clock=clock.now)
"""
SENDS = """
from junheng.adapters import clock
from tasks.chase import cards
cards.send_cards(show=lambda card: None, clock=clock.now)
"""


SlackOf = Callable[..., FakeSlack]


@pytest.fixture
def slack(monkeypatch: pytest.MonkeyPatch) -> Iterator[SlackOf]:
    opened: list[FakeSlack] = []

    def start(*posts: Post | str, **settings: object) -> FakeSlack:
        fake = FakeSlack(*posts, **settings).__enter__()  # type: ignore[arg-type]
        monkeypatch.setenv("JUNHENG_SLACK_TOKEN", "xoxb-test")
        monkeypatch.setenv("JUNHENG_SLACK_BASE_URL", fake.url)
        opened.append(fake)
        return fake

    yield start
    for fake in opened:
        fake.__exit__(None, None, None)


def killed(moment: str) -> None:
    ended = subprocess.run([sys.executable, "-c", KILLED, moment], cwd=PROJECT_ROOT, check=False)
    assert ended.returncode == -signal.SIGKILL


class TestSendWindow:
    @pytest.mark.parametrize(
        "moment",
        ["2025-11-03 08:29", "2025-11-03 17:31", "2025-11-03 00:10", "2025-11-08 10:00"],
    )
    def test_outside_the_window_cards_stay_owed_and_are_counted(self, moment: str) -> None:
        owed_to_everyone()

        sendings = cards.send_cards(show=print, now=_in_the_office(moment), clock=clock.now)

        assert statuses() == ["owed"] * 3
        assert "3张卡片留到下一个时段" in sendings.summary

    @pytest.mark.parametrize("moment", ["2025-11-03 08:30", "2025-11-03 17:30"])
    def test_within_the_window_cards_are_sent(self, moment: str) -> None:
        owed_to_everyone()

        cards.send_cards(show=lambda card: None, now=_in_the_office(moment), clock=clock.now)

        assert statuses() == ["sent"] * 3


def _in_the_office(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=OFFICE_ZONE).astimezone(UTC)


class TestSendCardsToTheOutbox:
    def test_every_card_is_written_to_the_outbox_and_shown(self, junheng_home: Path) -> None:
        owed_to_everyone()
        shown: list[str] = []

        sendings = cards.send_cards(show=shown.append, clock=clock.now)

        assert sendings.sent == len(shown) == len(outbox(junheng_home)) == 3
        assert statuses() == ["sent"] * 3

    def test_a_second_run_sends_nothing_more(self, junheng_home: Path) -> None:
        owed_to_everyone()
        send()

        assert send().sent == 0
        assert len(outbox(junheng_home)) == 3

    def test_killed_after_writing_to_the_outbox_and_run_again_each_card_is_there_once(
        self, junheng_home: Path
    ) -> None:
        owed_to_everyone()
        killed("after")

        send()

        assert statuses() == ["sent"] * 3
        assert outbox(junheng_home) == sorted(f"{DISTRICT}-{name}.txt" for name in DEPARTMENTS)


class TestSendCardsToSlack:
    def test_every_card_arrives_once(self, slack: SlackOf) -> None:
        office = slack()
        owed_to_everyone()

        send()
        send()

        assert office.keys == KEYS

    @pytest.mark.parametrize("moment", ["before", "after"])
    def test_killed_around_the_call_and_run_again_each_card_arrives_once(
        self, slack: SlackOf, moment: str
    ) -> None:
        office = slack()
        office.id_of("#区教育局")
        owed_to_everyone()
        killed(moment)
        assert "sending" in statuses()

        send()

        assert sorted(office.keys) == sorted(KEYS)
        assert statuses() == ["sent"] * 3

    @pytest.mark.parametrize("moment", ["before", "after"])
    def test_without_a_readable_history_a_killed_card_is_reported_and_never_sent_twice(
        self, slack: SlackOf, moment: str
    ) -> None:
        office = slack(history_error="missing_scope")
        owed_to_everyone()
        killed(moment)

        sendings = send()
        send()

        assert office.keys.count(KEYS[0]) == (1 if moment == "after" else 0)
        assert statuses() == ["unconfirmed", "sent", "sent"]
        (problem,) = sendings.problems
        assert problem.startswith("区教育局：查不到 #区教育局 的历史消息（missing_scope）")

    def test_two_senders_at_once_send_each_card_once(self, slack: SlackOf) -> None:
        office = slack(*[Post.TAKE_SLOWLY] * 3, seconds=0.4)
        owed_to_everyone()

        both = [subprocess.Popen([sys.executable, "-c", SENDS], cwd=PROJECT_ROOT) for _ in range(2)]

        assert [sender.wait(timeout=120) for sender in both] == [0, 0]
        assert office.keys == KEYS
        assert statuses() == ["sent"] * 3

    def test_a_card_that_slack_fails_to_take_stays_owed_and_is_sent_by_the_next_run(
        self, slack: SlackOf
    ) -> None:
        office = slack("service_unavailable")
        owed_to_everyone()

        first = send()
        waited = statuses()
        second = send()

        assert (first.sent, first.waiting, second.sent) == (2, 1, 1)
        assert waited == ["owed", "sent", "sent"]
        assert sorted(office.keys) == sorted(KEYS)

    def test_a_department_without_its_channel_does_not_block_the_others(
        self, slack: SlackOf
    ) -> None:
        slack("channel_not_found")
        owed_to_everyone()

        sendings = send()

        assert statuses() == ["owed", "sent", "sent"]
        assert "需要处理1张" in sendings.summary
        (problem,) = sendings.problems
        assert "请核对 contacts.yaml" in problem
        assert errors()[0] in problem

    def test_a_refused_token_is_tried_once_and_all_cards_stay_owed(self, slack: SlackOf) -> None:
        office = slack("invalid_auth")
        owed_to_everyone()

        sendings = send()

        assert office.calls.count("chat.postMessage") == 1
        assert statuses() == ["owed"] * 3
        assert (sendings.sent, sendings.refused) == (0, 3)
        assert len(sendings.problems) == 1

    def test_a_card_without_an_answer_is_searched_in_the_history_before_a_retry(
        self, slack: SlackOf
    ) -> None:
        office = slack(Post.TAKE_WITHOUT_ANSWER)
        owed_to_everyone()

        first = send()
        second = send()

        assert (first.sent, first.waiting, second.sent) == (0, 3, 3)
        assert office.keys == KEYS

    def test_a_killed_card_found_in_the_outbox_is_not_sent_again_by_slack(
        self, slack: SlackOf, junheng_home: Path
    ) -> None:
        owed_to_everyone()
        killed("after")
        office = slack()

        send()

        assert statuses() == ["sent"] * 3
        assert office.keys == KEYS[1:]
        assert outbox(junheng_home) == [f"{DISTRICT}-区教育局.txt"]

    def test_a_killed_card_of_a_removed_channel_is_never_sent_again(
        self, slack: SlackOf, monkeypatch: pytest.MonkeyPatch, junheng_home: Path
    ) -> None:
        slack()
        owed_to_everyone()
        killed("after")
        monkeypatch.delenv("JUNHENG_SLACK_TOKEN")

        sendings = send()

        assert statuses() == ["unconfirmed", "sent", "sent"]
        assert len(outbox(junheng_home)) == 2
        assert "上次由Slack发送时中断，现在没有设置这个渠道" in sendings.problems[0]


class TestChosenMessenger:
    def test_is_slack_if_a_token_is_set(self, slack: SlackOf) -> None:
        slack()

        chosen = bootstrap.settings().chosen_channel
        assert isinstance(bootstrap.messengers(print, clock.now).of(chosen), SlackMessenger)
