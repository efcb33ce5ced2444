"""Routes: the next is tried only if a card certainly did not arrive by the one before."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from junheng import bootstrap
from junheng.domain.office_days import OFFICE_ZONE
from junheng.settings import PROJECT_ROOT
from junheng.store import notices
from tasks.chase.unsent import Why, owed_cards
from tests.fakes import FakeSlack, Post
from tests.fakes_mail import Breaks, FakeMail
from tests.fakes_robot import FakeRobot
from tests.tasks import own_contacts
from tests.tasks.owed_cards import (
    DISTRICT,
    KEYS,
    errors,
    outbox,
    owed_to_everyone,
    send,
    statuses,
)

MAIL = "jiaoyu@example.org"
SLACK_FIRST = f'[{{slack: "#区教育局"}}, {{email: {MAIL}}}]'
MAIL_FIRST = f'[{{email: {MAIL}}}, {{slack: "#区教育局"}}]'
AT_TEN = datetime(2025, 11, 3, 10, 0, tzinfo=OFFICE_ZONE)

# A sender that is killed `before` or `after` a messenger sends a card, or between two routes, after
# the first has refused the card.
KILLED = """
import os, signal, sys
from junheng.adapters import clock
from junheng.adapters.messaging import mail
from junheng.adapters.slack import sending as slack
from tasks.chase import cards, delivery

moment, name = sys.argv[1:]
def dies(owner, called, real):
    def die(*given, **named):
        if moment != "before":
            real(*given, **named)
        os.kill(os.getpid(), signal.SIGKILL)
    setattr(owner, called, die)

where = {
    "mail": (mail.MailMessenger, "send"),
    "slack": (slack.SlackMessenger, "send"),
    "between": (delivery, "_owe_again"),
}
owner, called = where[name]
dies(owner, called, getattr(owner, called))
cards.send_cards(show=lambda card: None, clock=clock.now)
"""

SlackOf = Callable[..., FakeSlack]
MailOf = Callable[..., FakeMail]


@pytest.fixture
def slack(monkeypatch: pytest.MonkeyPatch) -> Iterator[SlackOf]:
    opened: list[FakeSlack] = []

    def start(*posts: Post | str) -> FakeSlack:
        opened.append(FakeSlack(*posts).__enter__())
        monkeypatch.setenv("JUNHENG_SLACK_TOKEN", "xoxb-test")
        monkeypatch.setenv("JUNHENG_SLACK_BASE_URL", opened[-1].url)
        opened[-1].id_of("#区教育局")
        return opened[-1]

    yield start
    for fake in opened:
        fake.__exit__(None, None, None)


@pytest.fixture
def mail(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailOf]:
    opened: list[FakeMail] = []

    def start(codes: dict[str, str] | None = None, breaks: Breaks = Breaks.NEVER) -> FakeMail:
        opened.append(FakeMail(codes=codes, breaks=breaks).__enter__())
        settings = {
            "HOST": "127.0.0.1",
            "PORT": str(opened[-1].port),
            "SECURITY": "none",
            "FROM": "office@example.org",
        }
        for name, value in settings.items():
            monkeypatch.setenv(f"JUNHENG_EMAIL_{name}", value)
        monkeypatch.setenv("JUNHENG_ALLOWED_ADDRESSES", MAIL)
        return opened[-1]

    yield start
    for fake in opened:
        fake.__exit__(None, None, None)


@pytest.fixture
def reached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let 区教育局 be reached by routes, and owe it and two others a card each."""

    def owe(routes: str, unit: str = "区教育局") -> None:
        folder = own_contacts.reached(tmp_path / "district", {unit: routes})
        monkeypatch.setenv("JUNHENG_DISTRICT", str(folder))
        owed_to_everyone()

    return owe


Reached = Callable[..., None]


def killed(moment: str, name: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, moment, name], cwd=PROJECT_ROOT, check=False
    )
    assert ended.returncode == -signal.SIGKILL


def claimed_for() -> tuple[str, str]:
    """Return the channel and the address stored with the card of 区教育局."""
    with bootstrap.session() as session:
        card = notices.listing(session, DISTRICT)[0]
        return card.channel, card.address


def test_a_card_is_owed_to_and_sent_by_the_first_route(
    slack: SlackOf, mail: MailOf, reached: Reached
) -> None:
    letters, office = mail(), slack()
    reached(MAIL_FIRST)
    owed_to = claimed_for()

    sendings = send()

    assert owed_to == ("email", MAIL)
    assert len(letters.letters) == 1
    assert office.keys == KEYS[1:]
    assert sendings.problems == ()


class TestNextRoute:
    @pytest.mark.parametrize(
        "post",
        ["channel_not_found", "service_unavailable", "invalid_auth", Post.LIMIT_FOR_LONG],
        ids=["refused", "failing", "closed", "limited"],
    )
    def test_is_tried_in_the_same_run_if_slack_did_not_take_the_card(
        self, slack: SlackOf, mail: MailOf, reached: Reached, post: Post | str
    ) -> None:
        office, letters = slack(post), mail()
        reached(SLACK_FIRST)

        sendings = send()

        assert statuses()[0] == "sent"
        assert claimed_for() == ("email", MAIL)
        assert (len(letters.letters), KEYS[0] in office.keys) == (1, False)
        problem = sendings.problems[0]
        assert problem.startswith(f"区教育局：已由邮件（{MAIL}）送达；此前没有收下的渠道：Slack（")

    def test_is_tried_if_the_server_is_unreachable(
        self, mail: MailOf, reached: Reached, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        letters = mail()
        with FakeSlack() as gone:
            monkeypatch.setenv("JUNHENG_SLACK_TOKEN", "xoxb-test")
            monkeypatch.setenv("JUNHENG_SLACK_BASE_URL", gone.url)
        reached(SLACK_FIRST)

        send()

        assert statuses() == ["sent", "owed", "owed"]
        assert len(letters.letters) == 1

    def test_is_not_tried_after_an_unclear_answer(
        self, slack: SlackOf, mail: MailOf, reached: Reached
    ) -> None:
        office, letters = slack(Post.TAKE_WITHOUT_ANSWER), mail()
        reached(SLACK_FIRST)

        first = send()
        second = send()

        assert (first.sent, first.waiting, second.sent) == (0, 3, 3)
        assert office.keys == KEYS
        assert letters.letters == []

    def test_is_used_for_a_later_card_after_an_unclear_answer_of_slack(
        self, slack: SlackOf, mail: MailOf, reached: Reached
    ) -> None:
        office, letters = slack(Post.TAKE_WITHOUT_ANSWER), mail()
        reached(SLACK_FIRST.replace("区教育局", "区财政局"), "区财政局")

        sendings = send()

        assert statuses() == ["sending", "sent", "owed"]
        assert (office.keys, len(letters.letters)) == (KEYS[:1], 1)
        assert len(sendings.problems) == 1

    def test_is_not_remembered_as_the_next_run_starts_with_the_first(
        self, slack: SlackOf, mail: MailOf, reached: Reached
    ) -> None:
        office, letters = slack("channel_not_found"), mail({"RCPT": "450 later"})
        reached(SLACK_FIRST)

        first = send()
        second = send()

        assert (first.sent, first.waiting, second.sent) == (2, 1, 1)
        assert office.keys == [*KEYS[1:], KEYS[0]]
        assert letters.letters == []

    def test_is_tried_if_the_file_of_webhooks_cannot_be_used(
        self, mail: MailOf, reached: Reached, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        letters = mail()
        monkeypatch.setenv("JUNHENG_WEBHOOKS", str(tmp_path / "没有.yaml"))
        reached(f"[{{dingtalk: 教育局群}}, {{email: {MAIL}}}]")

        sendings = send()

        assert len(letters.letters) == 1
        assert "没有.yaml 读不到" in sendings.problems[0]


def test_a_card_to_a_group_is_sent_by_the_robot_of_the_group(
    reached: Reached, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with FakeRobot() as office:
        path = tmp_path / "webhooks.yaml"
        path.write_text(f"dingtalk: {{教育局群: {{webhook: {office.base}/own}}}}\n", "utf-8")
        path.chmod(0o600)
        monkeypatch.setenv("JUNHENG_WEBHOOKS", str(path))
        reached("[{dingtalk: 教育局群}]")

        send()

    assert office.paths == ["/own"]
    assert claimed_for() == ("dingtalk", "教育局群")
    assert statuses() == ["sent"] * 3


class TestNoRouteLeft:
    def test_a_card_stays_owed_with_the_reason_of_each_route(
        self, slack: SlackOf, mail: MailOf, reached: Reached
    ) -> None:
        slack("channel_not_found")
        mail({"RCPT": "550 nobody"})
        reached(SLACK_FIRST)

        sendings = send()

        assert statuses() == ["owed", "sent", "sent"]
        (card,) = owed_cards(AT_TEN)
        assert card.why is Why.FAILED
        assert "Slack（#区教育局）：发往 #区教育局 被 Slack 拒绝" in card.error
        assert f"；邮件（{MAIL}）：发往 {MAIL} 被邮件服务器拒绝" in card.error
        assert sendings.problems == (f"区教育局：{card.error}",)
        assert sendings.refused == 1

    def test_a_transient_error_leaves_the_card_to_the_next_run(
        self, slack: SlackOf, mail: MailOf, reached: Reached
    ) -> None:
        slack("channel_not_found")
        mail({"RCPT": "450 later"})
        reached(SLACK_FIRST)

        assert (send().waiting, statuses()[0]) == (1, "owed")

    def test_a_channel_that_is_not_set_up_names_its_setting(
        self, slack: SlackOf, reached: Reached, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        slack("channel_not_found")
        monkeypatch.setenv("JUNHENG_ALLOWED_ADDRESSES", f"{MAIL},甲群")
        reached(f'[{{slack: "#区教育局"}}, {{dingtalk: 甲群}}, {{email: {MAIL}}}]')

        send()

        assert "请检查 JUNHENG_DINGTALK_WEBHOOK" in errors()[0]
        assert "请检查 JUNHENG_EMAIL_FROM" in errors()[0]

    def test_a_closed_channel_is_tried_once_and_every_card_has_its_error(
        self, slack: SlackOf, reached: Reached
    ) -> None:
        office = slack("invalid_auth")
        reached('[{slack: "#区教育局"}, {slack: U0123}]')

        sendings = send()

        assert office.calls.count("chat.postMessage") == 1
        assert statuses() == ["owed"] * 3
        assert all("invalid_auth" in error for error in errors())
        assert (sendings.refused, len(sendings.problems)) == (3, 1)


class TestKilled:
    def test_between_two_routes_the_card_is_owed_and_arrives_once(
        self, slack: SlackOf, mail: MailOf, reached: Reached
    ) -> None:
        office, letters = slack("channel_not_found"), mail()
        reached(SLACK_FIRST)
        killed("after", "between")
        assert statuses()[0] == "owed"

        send()

        assert sorted(office.keys) == sorted(KEYS)
        assert letters.letters == []

    @pytest.mark.parametrize("moment", ["before", "after"])
    def test_on_the_second_route_the_card_is_searched_there(
        self, slack: SlackOf, mail: MailOf, reached: Reached, moment: str
    ) -> None:
        office, letters = slack(), mail({"RCPT": "550 nobody"})
        reached(MAIL_FIRST)
        killed(moment, "slack")
        assert claimed_for() == ("slack", "#区教育局")

        send()

        assert statuses() == ["sent"] * 3
        assert sorted(office.keys) == sorted(KEYS)
        assert letters.letters == []

    @pytest.mark.parametrize("moment", ["before", "after"])
    def test_on_a_route_that_cannot_be_asked_the_card_is_sent_by_no_other(
        self, slack: SlackOf, mail: MailOf, reached: Reached, moment: str
    ) -> None:
        office, letters = slack("channel_not_found"), mail()
        reached(SLACK_FIRST)
        killed(moment, "mail")

        send()
        send()

        assert statuses() == ["unconfirmed", "sent", "sent"]
        assert office.keys == KEYS[1:]
        assert len(letters.letters) == (1 if moment == "after" else 0)


def test_in_a_trial_cards_are_written_to_the_outbox(
    reached: Reached, junheng_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUNHENG_SLACK_TOKEN", "xoxb-test")
    reached(SLACK_FIRST)

    assert send().withheld == 3
    assert len(outbox(junheng_home)) == 3
