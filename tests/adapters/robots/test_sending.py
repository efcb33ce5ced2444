"""Robots: cards to loopback robots that accept, refuse, limit, hang up and lag."""

import hmac
import json
import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import SecretStr

from junheng.adapters import clock
from junheng.adapters.messaging.messenger import (
    CardRefused,
    ChatClosed,
    ChatUnreachable,
    DeliveryUncertain,
    DeliveryUnknown,
)
from junheng.adapters.messaging.pacing import Pace, Turns
from junheng.adapters.robots.platforms import DINGTALK, FEISHU, WECOM
from junheng.adapters.robots.sending import Platform, RobotMessenger, fitting
from junheng.rulebook import Rulebook
from tests.fakes_robot import FakeRobot, Given
from tests.loopback import Says

KEY = "370405:2025-11-03:区教育局"
ADDRESS = "#区教育局"
SECRET = "SEC-x"  # noqa: S105 - of the fake robot
CUT = "（以下从略）"
PLATFORMS = (DINGTALK, WECOM, FEISHU)
OK: Mapping[str, Mapping[str, Any]] = {
    "dingtalk": {"errcode": 0, "errmsg": "ok"},
    "wecom": {"errcode": 0, "errmsg": "ok"},
    "feishu": {"code": 0, "msg": "success", "data": {}},
}

every_platform = pytest.mark.parametrize(
    "platform", PLATFORMS, ids=lambda platform: platform.channel
)
RobotOf = Callable[..., FakeRobot]


@pytest.fixture
def robot() -> Iterator[RobotOf]:
    opened: list[FakeRobot] = []

    def start(platform: Platform, *given: Given | Says, seconds: float = 0.0) -> FakeRobot:
        robot = FakeRobot(*given, ok=OK[platform.channel], seconds=seconds)
        opened.append(robot.__enter__())
        return robot

    yield start
    for robot in opened:
        robot.__exit__(None, None, None)


def says(platform: Platform, code: int, words: str = "", *, status: int = 200) -> Says:
    fields = ("code", "msg") if platform is FEISHU else ("errcode", "errmsg")
    return Says(dict(zip(fields, (code, words), strict=True)), status=status)


def messenger_of(
    platform: Platform,
    robot: FakeRobot,
    *,
    secret: str | None = None,
    timeout_seconds: float = 5.0,
) -> RobotMessenger:
    return RobotMessenger(
        platform,
        SecretStr(f"{robot.base}/robot/send?access_token=a-token-nobody-may-read"),
        None if secret is None else SecretStr(secret),
        cut=CUT,
        timeout_seconds=timeout_seconds,
        clock=clock.now,
    )


def send(platform: Platform, robot: FakeRobot, text: str = "今天要做：……") -> str:
    return messenger_of(platform, robot).send(key=KEY, address=ADDRESS, text=text)


def text_of(card: Mapping[str, Any]) -> str:
    return str(card["content"]["text"] if "content" in card else card["text"]["content"])


@every_platform
class TestEveryRobot:
    def test_a_card_arrives_once_as_plain_text(self, platform: Platform, robot: RobotOf) -> None:
        office = robot(platform)

        receipt = send(platform, office)

        (card,) = office.cards
        assert text_of(card) == "今天要做：……"
        assert card.get("msgtype", card.get("msg_type")) == "text"
        assert receipt == f"{platform.channel}:{KEY}"

    def test_status_200_with_an_error_code_is_no_delivery(
        self, platform: Platform, robot: RobotOf
    ) -> None:
        code = {"dingtalk": 430104, "wecom": 44004, "feishu": 19002}[platform.channel]

        with pytest.raises(CardRefused, match=rf"{ADDRESS}.*{code} strange"):
            send(platform, robot(platform, says(platform, code, "strange")))

    @pytest.mark.parametrize("body", ["", "<html>welcome</html>", "[0]", "{}", '{"errcode": "0"}'])
    def test_delivery_is_uncertain_after_status_200_without_a_code(
        self, platform: Platform, robot: RobotOf, body: str
    ) -> None:
        with pytest.raises(DeliveryUncertain, match="没有给出明确结果"):
            send(platform, robot(platform, Says(body)))

    def test_a_rate_limit_raises_chat_unreachable(self, platform: Platform, robot: RobotOf) -> None:
        code = {"dingtalk": 130101, "wecom": 45009, "feishu": 11232}[platform.channel]

        with pytest.raises(ChatUnreachable, match="放慢"):
            send(platform, robot(platform, says(platform, code)))

    def test_a_rejected_webhook_names_the_setting(self, platform: Platform, robot: RobotOf) -> None:
        code = {"dingtalk": 310000, "wecom": 93000, "feishu": 19021}[platform.channel]

        with pytest.raises(ChatClosed, match=rf"{code}.*{platform.webhook_setting}"):
            send(platform, robot(platform, says(platform, code)))

    @pytest.mark.parametrize("status", [404, 429])
    def test_delivery_is_uncertain_after_an_error_status_without_a_code(
        self, platform: Platform, robot: RobotOf, status: int
    ) -> None:
        sentence = rf"HTTP {status}.*{platform.webhook_setting}"

        with pytest.raises(DeliveryUncertain, match=sentence):
            send(platform, robot(platform, Says("<html>", status=status)))

    def test_a_redirect_is_not_followed(self, platform: Platform, robot: RobotOf) -> None:
        office = robot(platform, Says("", status=302, location="/elsewhere"))

        with pytest.raises(DeliveryUncertain, match="HTTP 302"):
            send(platform, office)

        assert len(office.paths) == 1

    @pytest.mark.parametrize("status", [500, 502, 503])
    def test_delivery_is_uncertain_after_a_server_error(
        self, platform: Platform, robot: RobotOf, status: int
    ) -> None:
        with pytest.raises(DeliveryUncertain, match=str(status)):
            send(platform, robot(platform, Says("", status=status)))

    @pytest.mark.parametrize("status", [200, 400, 500])
    def test_delivery_is_uncertain_after_an_unknown_code(
        self, platform: Platform, robot: RobotOf, status: int
    ) -> None:
        with pytest.raises(DeliveryUncertain, match="987654"):
            send(platform, robot(platform, says(platform, 987654, status=status)))

    @pytest.mark.parametrize("given", [Given.TAKE_WITHOUT_ANSWER, Given.HANG_UP])
    def test_a_dropped_connection_is_uncertain_and_not_retried(
        self, platform: Platform, robot: RobotOf, given: Given
    ) -> None:
        office = robot(platform, given)

        with pytest.raises(DeliveryUncertain, match="没有答复"):
            send(platform, office)

        assert len(office.paths) == 1

    def test_a_slow_answer_is_uncertain_and_not_retried(
        self, platform: Platform, robot: RobotOf
    ) -> None:
        office = robot(platform, Given.TAKE_SLOWLY, seconds=1.5)

        with pytest.raises(DeliveryUncertain, match="没有答复"):
            messenger_of(platform, office, timeout_seconds=0.5).send(
                key=KEY, address=ADDRESS, text="……"
            )

        assert len(office.cards) == 1

    def test_a_stopped_platform_is_unreachable(self, platform: Platform) -> None:
        with FakeRobot() as gone:
            pass

        with pytest.raises(ChatUnreachable, match=f"连不上{platform.name}"):
            send(platform, gone)

    @pytest.mark.parametrize(
        "webhook",
        [None, "", "a-token", "http://192.0.2.1/send", "https://", "https://a b", "https://x:y/"],
    )
    def test_an_invalid_webhook_names_the_setting_before_any_call(
        self, platform: Platform, webhook: str | None
    ) -> None:
        secret = None if webhook is None else SecretStr(webhook)

        with pytest.raises(ChatClosed, match=platform.webhook_setting):
            RobotMessenger(platform, secret, None, cut=CUT, clock=clock.now).send(
                key=KEY, address=ADDRESS, text="……"
            )

    def test_the_delivery_of_a_card_is_unknown(self, platform: Platform, robot: RobotOf) -> None:
        messenger = messenger_of(platform, robot(platform))

        with pytest.raises(DeliveryUnknown, match=rf"{ADDRESS}.*不再重发"):
            messenger.was_delivered(key=KEY, address=ADDRESS, since=datetime.now(UTC))

    @pytest.mark.parametrize(
        "name", ['<at user_id="all">所有人</at>', "<@all>", "@所有人", "@13800000000", "<!channel>"]
    )
    def test_a_name_is_never_a_mention(self, platform: Platform, robot: RobotOf, name: str) -> None:
        office = robot(platform)

        send(platform, office, f"{name}小学")

        (card,) = office.cards
        assert not set("<>@") & set(text_of(card))
        assert not card.get("at", {}).get("isAtAll", False)

    def test_a_long_card_is_cut_and_says_so(self, platform: Platform, robot: RobotOf) -> None:
        office = robot(platform)

        send(platform, office, "一行整改事项\n" * 2000)

        (card,) = office.cards
        assert len(text_of(card).encode()) <= platform.most_bytes
        assert text_of(card).endswith(f"一行整改事项\n{CUT}")

    def test_the_request_is_within_the_limit_of_the_platform(
        self, platform: Platform, robot: RobotOf
    ) -> None:
        office = robot(platform)

        messenger_of(platform, office, secret=SECRET).send(
            key=KEY, address=ADDRESS, text='"一行整改事项"\n' * 2000
        )

        (card,) = office.cards
        if platform is WECOM:
            assert len(text_of(card).encode()) <= 2048
        else:
            assert len(json.dumps(card, ensure_ascii=False).encode()) <= 20_000

    def test_the_longest_card_is_cut_for_wecom_only(
        self, platform: Platform, robot: RobotOf, rulebook: Rulebook
    ) -> None:
        office = robot(platform)
        longest = "整" * rulebook.wording.cards.limits.most

        send(platform, office, longest)

        assert (text_of(office.cards[0]) == longest) is (platform is not WECOM)


class TestSignatures:
    def test_dingtalk_has_the_signature_in_the_url(self, robot: RobotOf) -> None:
        office = robot(DINGTALK)

        messenger_of(DINGTALK, office, secret=SECRET).send(key=KEY, address=ADDRESS, text="……")

        query = parse_qs(urlsplit(office.paths[0]).query)
        (timestamp,), (sign,) = query["timestamp"], query["sign"]
        expected = hmac.digest(b"SEC-x", f"{timestamp}\nSEC-x".encode(), "sha256")
        assert sign == b64encode(expected).decode()
        assert abs(int(timestamp) / 1000 - time.time()) < 60

    def test_feishu_has_the_signature_in_the_body(self, robot: RobotOf) -> None:
        office = robot(FEISHU)

        messenger_of(FEISHU, office, secret=SECRET).send(key=KEY, address=ADDRESS, text="……")

        (card,) = office.cards
        expected = hmac.digest(f"{card['timestamp']}\nSEC-x".encode(), b"", "sha256")
        assert card["sign"] == b64encode(expected).decode()

    def test_the_older_answer_format_of_feishu_is_parsed(self, robot: RobotOf) -> None:
        office = robot(FEISHU, Says({"StatusCode": 0, "StatusMessage": "success"}))

        assert send(FEISHU, office) == f"feishu:{KEY}"

    def test_feishu_shows_a_link_as_text(self, robot: RobotOf) -> None:
        office = robot(FEISHU)

        send(FEISHU, office, "[点这里](http://x) **粗**")

        assert text_of(office.cards[0]) == "［点这里］(http://x) ＊＊粗＊＊"


class TestPaces:
    @pytest.mark.parametrize(
        ("platform", "paces"),
        [
            (DINGTALK, (Pace(20, 60.0),)),
            (WECOM, (Pace(20, 60.0),)),
            (FEISHU, (Pace(5, 1.0), Pace(100, 60.0))),
        ],
        ids=lambda value: getattr(value, "channel", ""),
    )
    def test_no_time_window_has_more_messages_than_the_platform_accepts(
        self, robot: RobotOf, platform: Platform, paces: tuple[Pace, ...]
    ) -> None:
        passed = [0.0]
        sent: list[float] = []

        def wait(seconds: float) -> None:
            passed[0] += seconds

        office = robot(platform)
        turns = Turns(platform.paces, wait=wait, now=lambda: passed[0])
        messenger = RobotMessenger(
            platform, SecretStr(office.base), None, cut=CUT, turns=turns, clock=clock.now
        )
        for _ in range(120):
            messenger.send(key=KEY, address=ADDRESS, text="……")
            sent.append(passed[0])

        assert platform.paces == paces
        for pace in paces:
            for first, beyond in zip(sent, sent[pace.messages :], strict=False):
                assert beyond - first >= pace.seconds


class TestFitting:
    def test_a_text_within_the_limit_is_unchanged(self) -> None:
        assert fitting("甲" * 10, 30, cut=CUT) == "甲" * 10

    def test_one_long_line_is_cut_between_characters(self) -> None:
        cut = fitting("甲" * 100, 60, cut=CUT)

        assert len(cut.encode()) <= 60
        assert set(cut.removesuffix(f"\n{CUT}")) == {"甲"}
