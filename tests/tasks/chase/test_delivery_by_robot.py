"""Sending by robots, which cannot tell later whether a card arrived: no retry if uncertain."""

from pathlib import Path

import pytest

from tests.fakes_robot import FakeRobot, Given
from tests.loopback import Says
from tests.tasks.owed_cards import errors, outbox, owed_to_everyone, send, statuses

WEBHOOK_KEY = "key-of-the-webhook"
CHANNELS = ("dingtalk", "wecom", "feishu")
OK = {"errcode": 0, "code": 0}

every_channel = pytest.mark.parametrize("channel", CHANNELS)


def use(monkeypatch: pytest.MonkeyPatch, channel: str, base: str) -> None:
    monkeypatch.setenv("JUNHENG_CHANNEL", channel)
    monkeypatch.setenv(f"JUNHENG_{channel.upper()}_WEBHOOK", f"{base}/send?key={WEBHOOK_KEY}")


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
def test_a_card_without_an_answer_is_reported_and_never_sent_again(
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
def test_a_card_refused_with_status_200_stays_owed_and_its_error_shows_no_secret(
    monkeypatch: pytest.MonkeyPatch, channel: str
) -> None:
    code = {"dingtalk": 430104, "wecom": 44004, "feishu": 19002}[channel]
    refusal = Says({"errcode": code, "code": code, "errmsg": WEBHOOK_KEY, "msg": WEBHOOK_KEY})
    with FakeRobot(refusal, ok=OK) as office:
        use(monkeypatch, channel, office.base)
        owed_to_everyone()

        sendings = send()

    assert statuses() == ["owed", "sent", "sent"]
    assert str(code) in errors()[0]
    assert WEBHOOK_KEY not in errors()[0] + "".join(sendings.problems)


def test_a_trial_writes_cards_to_the_outbox_only(
    monkeypatch: pytest.MonkeyPatch, junheng_home: Path
) -> None:
    monkeypatch.setenv("JUNHENG_SLACK_TOKEN", "xoxb-test")
    owed_to_everyone()

    assert send().withheld == 3
    assert len(outbox(junheng_home)) == 3
