"""Slack: the real client against a loopback Slack that accepts, limits, fails, lags and forgets."""

import socket
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from junheng.adapters.messaging.messenger import (
    CardRefused,
    ChatClosed,
    ChatFailing,
    ChatUnreachable,
    DeliveryUncertain,
    DeliveryUnknown,
    Messenger,
)
from junheng.adapters.slack.cards import EVENT_TYPE, digest_of
from junheng.adapters.slack.sending import SlackMessenger
from junheng.adapters.slack.web_api import SlackDesk
from junheng.rulebook import Rulebook
from tests.fakes import FakeSlack, Post
from tests.loopback import Says

KEY = "370405:2025-11-03:区教育局"
ADDRESS = "#区教育局"
LONG_AGO = datetime(2025, 11, 3, 8, 0, tzinfo=UTC)


def messenger_of(
    slack: FakeSlack, *, timeout_seconds: int = 5, lag_seconds: float = 0.0
) -> Messenger:
    return SlackMessenger(
        "xoxb-test",
        slack.url,
        timeout_seconds=timeout_seconds,
        lag_seconds=lag_seconds,
    )


def send(slack: FakeSlack, *, timeout_seconds: int = 5) -> str:
    messenger = messenger_of(slack, timeout_seconds=timeout_seconds)
    return messenger.send(key=KEY, address=ADDRESS, text="今天要做：……")


@pytest.fixture
def slack() -> Iterator[Callable[..., FakeSlack]]:
    opened: list[FakeSlack] = []

    def start(*posts: Post | str, **settings: object) -> FakeSlack:
        opened.append(FakeSlack(*posts, **settings).__enter__())  # type: ignore[arg-type]
        return opened[-1]

    yield start
    for server in opened:
        server.__exit__(None, None, None)


SlackOf = Callable[..., FakeSlack]


class TestSend:
    def test_a_card_arrives_once_with_its_key(self, slack: SlackOf) -> None:
        office = slack(Post.TAKE)

        receipt = send(office)

        (message,) = office.messages
        assert message["channel"] == ADDRESS
        assert message["text"] == "今天要做：……"
        payload = {"key": KEY, "digest": digest_of("今天要做：……")}
        assert message["metadata"] == {"event_type": EVENT_TYPE, "event_payload": payload}
        assert receipt == f"{office.id_of(ADDRESS)}:{message['ts']}"

    def test_a_card_in_the_history_is_not_sent_again(self, slack: SlackOf) -> None:
        office = slack()

        receipts = {send(office), send(office)}

        (message,) = office.messages
        assert receipts == {f"{office.id_of(ADDRESS)}:{message['ts']}"}
        assert str(UUID(message["client_msg_id"])) == message["client_msg_id"]

    def test_a_card_in_the_history_with_another_text_raises_delivery_unknown(
        self, slack: SlackOf
    ) -> None:
        office = slack()
        send(office)

        with pytest.raises(DeliveryUnknown, match=f"{ADDRESS}.*内容与现在的不同"):
            messenger_of(office).send(key=KEY, address=ADDRESS, text="今天要做别的")

        assert len(office.messages) == 1

    @pytest.mark.parametrize(
        ("history", "error"),
        [
            (Says("<html>", status=200), ChatFailing),
            (Says("", status=302, location="/elsewhere"), ChatFailing),
            (Says({"ok": True}), ChatFailing),
            (Says({"ok": False, "error": "invalid_auth"}), ChatClosed),
        ],
    )
    def test_nothing_is_sent_while_the_history_cannot_be_read(
        self, slack: SlackOf, history: Says, error: type[Exception]
    ) -> None:
        office = slack()
        office.histories.append(history)

        with pytest.raises(error):
            send(office)

        assert office.messages == []

    def test_a_card_is_sent_if_the_bot_may_not_read_the_history(self, slack: SlackOf) -> None:
        office = slack(history_error="missing_scope")

        send(office)

        assert office.keys == [KEY]

    def test_markup_is_escaped(self, slack: SlackOf) -> None:
        office = slack()

        messenger_of(office).send(key=KEY, address=ADDRESS, text="<!channel> 甲&乙 *丙*")

        (message,) = office.messages
        assert message["text"] == "&lt;!channel&gt; 甲&amp;乙 *丙*"
        assert message["mrkdwn"] is False

    def test_the_longest_card_is_within_the_limits_of_slack_after_escaping(
        self, slack: SlackOf, rulebook: Rulebook
    ) -> None:
        office = slack()
        longest = "&" * rulebook.wording.cards.limits.most

        messenger_of(office).send(key=KEY, address=ADDRESS, text=longest)

        assert len(longest) <= 4_000
        assert len(office.messages[0]["text"]) <= 40_000

    def test_a_short_rate_limit_is_waited_out(self, slack: SlackOf) -> None:
        office = slack(Post.LIMIT, Post.TAKE)
        started = time.monotonic()

        send(office)

        assert len(office.messages) == 1
        assert time.monotonic() - started >= 1

    def test_a_rate_limit_of_an_hour_is_left_to_the_next_run(self, slack: SlackOf) -> None:
        office = slack(Post.LIMIT_FOR_LONG)

        with pytest.raises(ChatUnreachable, match="放慢"):
            send(office)

        assert office.messages == []

    def test_a_server_error_is_uncertain_and_not_retried(self, slack: SlackOf) -> None:
        office = slack(Post.FAIL)

        with pytest.raises(DeliveryUncertain, match="HTTP 500"):
            send(office)

        assert office.calls.count("chat.postMessage") == 1

    @pytest.mark.parametrize("reason", ["channel_not_found", "not_in_channel", "is_archived"])
    def test_a_refused_address_is_not_retried_and_says_what_to_do(
        self, slack: SlackOf, reason: str
    ) -> None:
        office = slack(reason)

        with pytest.raises(CardRefused, match=rf"{ADDRESS}.*{reason}.*请"):
            send(office)

        assert office.calls.count("chat.postMessage") == 1

    @pytest.mark.parametrize("reason", ["invalid_auth", "token_revoked", "account_inactive"])
    def test_a_refused_token_names_the_setting(self, slack: SlackOf, reason: str) -> None:
        with pytest.raises(ChatClosed, match=rf"{reason}.*JUNHENG_SLACK_TOKEN"):
            send(slack(reason))

    def test_a_missing_scope_says_where_to_add_it(self, slack: SlackOf) -> None:
        with pytest.raises(ChatClosed, match=r"missing_scope.*OAuth & Permissions"):
            send(slack("missing_scope"))

    def test_delivery_is_uncertain_after_an_unknown_error(self, slack: SlackOf) -> None:
        with pytest.raises(DeliveryUncertain, match="msg_blocks_too_strange"):
            send(slack("msg_blocks_too_strange"))

    def test_a_slow_answer_is_uncertain_and_not_retried(self, slack: SlackOf) -> None:
        office = slack(Post.TAKE_SLOWLY, seconds=2.0)

        with pytest.raises(DeliveryUncertain, match="没有答复"):
            send(office, timeout_seconds=1)

        assert len(office.messages) == 1

    def test_a_truncated_answer_is_uncertain_and_not_retried(self, slack: SlackOf) -> None:
        office = slack(Post.TAKE_WITHOUT_ANSWER)

        with pytest.raises(DeliveryUncertain):
            send(office)

        assert len(office.messages) == 1

    def test_delivery_is_uncertain_if_the_connection_drops_before_the_card_is_accepted(
        self, slack: SlackOf
    ) -> None:
        office = slack(Post.DROP)
        office.id_of(ADDRESS)

        with pytest.raises(DeliveryUncertain):
            send(office)

        found = messenger_of(office).was_delivered(key=KEY, address=ADDRESS, since=LONG_AGO)
        assert found is None
        assert office.messages == []

    def test_delivery_is_uncertain_after_an_error_that_slack_calls_unclear(
        self, slack: SlackOf
    ) -> None:
        with pytest.raises(DeliveryUncertain, match="fatal_error"):
            send(slack(Post.FAIL_UNCLEARLY))

    def test_a_stopped_slack_is_unreachable(self) -> None:
        with FakeSlack() as gone:
            pass

        with pytest.raises(ChatUnreachable, match="连不上 Slack"):
            send(gone)


class TestPace:
    def test_cards_to_one_channel_are_a_second_apart_and_other_channels_do_not_wait(
        self, slack: SlackOf
    ) -> None:
        passed = [0.0]
        waited: list[float] = []

        def wait(seconds: float) -> None:
            waited.append(seconds)
            passed[0] += seconds

        messenger = SlackMessenger("xoxb-test", slack().url, wait=wait, now=lambda: passed[0])

        for seconds, address in ((0.0, "#甲"), (0.25, "#乙"), (0.5, "#甲"), (5.0, "#甲")):
            passed[0] = max(passed[0], seconds)
            messenger.send(key=f"370405:2025-11-03:{seconds}", address=address, text="……")

        assert waited == [0.5]


class TestWasDelivered:
    def test_a_card_is_found_in_a_channel_given_by_name(self, slack: SlackOf) -> None:
        office = slack()
        office.id_of("#别的频道")
        receipt = send(office)
        for number in range(3):
            messenger_of(office).send(
                key=f"370405:2025-11-03:别的{number}", address=ADDRESS, text="……"
            )

        found = messenger_of(office).was_delivered(key=KEY, address=ADDRESS, since=LONG_AGO)

        assert found == receipt

    def test_a_card_is_found_in_a_channel_given_by_id(self, slack: SlackOf) -> None:
        office = slack()
        office.channels["C7654321"] = "C7654321"
        messenger = messenger_of(office)
        receipt = messenger.send(key=KEY, address="C7654321", text="……")

        found = messenger.was_delivered(key=KEY, address="C7654321", since=LONG_AGO)

        assert found == receipt
        assert "conversations.list" not in office.calls

    def test_a_card_that_is_not_in_the_history_was_not_delivered(self, slack: SlackOf) -> None:
        office = slack()
        office.id_of(ADDRESS)

        found = messenger_of(office).was_delivered(key=KEY, address=ADDRESS, since=LONG_AGO)

        assert found is None

    @pytest.mark.parametrize("claimed_ago", [timedelta(), timedelta(hours=8), timedelta(days=1)])
    def test_the_lag_of_the_history_is_waited_out_once_whatever_our_clock_said(
        self, slack: SlackOf, claimed_ago: timedelta
    ) -> None:
        office = slack()
        receipt = send(office)
        office.late = 60.0
        waited: list[float] = []

        def wait(seconds: float) -> None:
            waited.append(seconds)
            office.ahead += seconds

        messenger = SlackMessenger("xoxb-test", office.url, wait=wait, now=lambda: office.ahead)
        since = datetime.now(UTC) - claimed_ago
        found = [
            messenger.was_delivered(key=key, address=ADDRESS, since=since)
            for key in (KEY, "370405:2025-11-03:区财政局", "370405:2025-11-03:区编办")
        ]

        assert found == [receipt, None, None]
        assert waited == [90.0]

    @pytest.mark.parametrize("ahead", [timedelta(hours=8), timedelta(hours=-8), timedelta(days=30)])
    def test_a_card_is_found_although_our_clock_was_wrong_when_it_was_claimed(
        self, slack: SlackOf, ahead: timedelta
    ) -> None:
        office = slack()
        receipt = send(office)

        found = messenger_of(office).was_delivered(
            key=KEY, address=ADDRESS, since=datetime.now(UTC) + ahead
        )

        assert found == receipt

    def test_the_lag_is_not_waited_out_for_a_card_claimed_days_ago(self, slack: SlackOf) -> None:
        office = slack()
        office.id_of(ADDRESS)
        messenger = messenger_of(office, lag_seconds=60)
        since = datetime.now(UTC) - timedelta(days=3)

        assert messenger.was_delivered(key=KEY, address=ADDRESS, since=since) is None

    @pytest.mark.parametrize("reason", ["missing_scope", "unknown_method", "not_in_channel"])
    def test_a_history_that_the_bot_may_not_read_raises_delivery_unknown(
        self, slack: SlackOf, reason: str
    ) -> None:
        office = slack(history_error=reason)

        with pytest.raises(DeliveryUnknown, match=rf"{ADDRESS}.*{reason}.*channels:history"):
            messenger_of(office).was_delivered(key=KEY, address=ADDRESS, since=LONG_AGO)

    @pytest.mark.parametrize(
        "history",
        [
            Says("<html>maintenance</html>"),
            Says("[]"),
            Says('"x"'),
            Says({"ok": True}),
            Says({"ok": True, "messages": ["x"]}),
            Says({"ok": True, "messages": [], "has_more": True}),
            Says({"ok": True, "messages": [], "response_metadata": "x"}),
            Says({"ok": False, "error": "unheard_of"}),
            Says("", status=302, location="/elsewhere"),
            Says({"ok": False, "error": "ratelimited"}, status=429, retry_after="3600"),
        ],
        ids=lambda says: str(says.body)[:40],
    )
    def test_an_invalid_history_is_requested_again_later(
        self, slack: SlackOf, history: Says
    ) -> None:
        office = slack()
        office.histories.append(history)

        with pytest.raises(ChatFailing, match="再核实"):
            messenger_of(office).was_delivered(key=KEY, address=ADDRESS, since=LONG_AGO)

    def test_an_unknown_channel_raises_delivery_unknown(self, slack: SlackOf) -> None:
        with pytest.raises(DeliveryUnknown, match="channel_not_found"):
            messenger_of(slack()).was_delivered(key=KEY, address=ADDRESS, since=LONG_AGO)

    def test_a_refused_token_raises_chat_closed_and_not_delivery_unknown(
        self, slack: SlackOf
    ) -> None:
        office = slack(history_error="invalid_auth")

        with pytest.raises(ChatClosed, match="JUNHENG_SLACK_TOKEN"):
            messenger_of(office).was_delivered(key=KEY, address=ADDRESS, since=LONG_AGO)

    def test_a_failing_history_is_requested_again_later(self, slack: SlackOf) -> None:
        office = slack(history_error="internal_error")

        with pytest.raises(ChatFailing, match="再核实"):
            messenger_of(office).was_delivered(key=KEY, address=ADDRESS, since=LONG_AGO)


def test_the_desk_reports_in_chinese_that_slack_does_not_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        base = f"http://127.0.0.1:{silent.getsockname()[1]}/api/"
        desk = SlackDesk("xoxb-test", base, timeout_seconds=1)

        with pytest.raises(ChatUnreachable, match=r"^Slack 没有答复（等了太久没有应答）$"):
            desk.itself()
