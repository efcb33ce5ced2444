"""Sending by robots, which cannot be asked afterwards: what is uncertain is never sent twice."""

from pathlib import Path

import pytest

from tests.fakes_robot import FakeRobot, Given
from tests.loopback import Says
from tests.tasks.owed_cards import errors, outbox, owed_to_everyone, send, statuses

UNREAD = "nobody-may-read-this"
CHANNELS = ("dingtalk", "wecom", "feishu")
OK = {"errcode": 0, "code": 0}

every_channel = pytest.mark.parametrize("channel", CHANNELS)


def use(monkeypatch: pytest.MonkeyPatch, channel: str, base: str) -> None:
    monkeypatch.setenv("JUNHENG_CHANNEL", channel)
    monkeypatch.setenv(f"JUNHENG_{channel.upper()}_WEBHOOK", f"{base}/send?key={UNREAD}")


@every_channel
def test_every_card_arrives_once(monkeypatch: pytest.MonkeyPatch, channel: str) -> None:
    with FakeRobot(ok=OK) as office:
        use(monkeypatch, channel, office.base)
        owed_to_everyone()

        send()
        send()

    assert len(office.cards) == 3
    assert statuses() == ["sent"] * 3


@every_channel
@pytest.mark.parametrize("given", [Given.TAKE_WITHOUT_ANSWER, Given.HANG_UP])
def test_an_answer_that_never_came_is_reported_and_its_card_never_sent_again(
    monkeypatch: pytest.MonkeyPatch, channel: str, given: Given
) -> None:
    with FakeRobot(given, ok=OK) as office:
        use(monkeypatch, channel, office.base)
        owed_to_everyone()

        first = send()
        second = send()
        send()

    assert (first.sent, first.waiting, second.sent) == (0, 3, 2)
    assert len(office.paths) == 3
    assert statuses() == ["unconfirmed", "sent", "sent"]
    assert "不再重发" in second.problems[0]


@every_channel
def test_a_refusal_with_a_good_status_stays_owed_and_tells_no_secret(
    monkeypatch: pytest.MonkeyPatch, channel: str
) -> None:
    code = {"dingtalk": 430104, "wecom": 44004, "feishu": 19002}[channel]
    refusal = Says({"errcode": code, "code": code, "errmsg": UNREAD, "msg": UNREAD})
    with FakeRobot(refusal, ok=OK) as office:
        use(monkeypatch, channel, office.base)
        owed_to_everyone()

        sendings = send()

    assert statuses() == ["owed", "sent", "sent"]
    assert str(code) in errors()[0]
    assert UNREAD not in errors()[0] + "".join(sendings.problems)


def test_a_trial_lays_in_the_outbox_what_would_reach_people(
    monkeypatch: pytest.MonkeyPatch, junheng_home: Path
) -> None:
    monkeypatch.setenv("JUNHENG_SLACK_TOKEN", "xoxb-test")
    owed_to_everyone()

    assert send().withheld == 3
    assert len(outbox(junheng_home)) == 3
