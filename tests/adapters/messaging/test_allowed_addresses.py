"""The guard: outside production cards go to allowed addresses only, the others to the outbox."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from junheng import bootstrap
from junheng.adapters import clock
from junheng.adapters.messaging.allowed_addresses import (
    ConsoleMessenger,
    GuardedMessenger,
    is_loopback,
)
from junheng.adapters.messaging.mail import MailMessenger
from junheng.adapters.messaging.messenger import DeliveryUnknown, FileMessenger, Messenger
from junheng.adapters.robots.groups import GroupRobots
from junheng.adapters.slack.sending import SlackMessenger
from junheng.domain.chat.buttons import Button
from tests.fakes_robot import FakeRobot

KEY = "370405:2025-11-03:区教育局"
NOW = datetime(2025, 11, 3, 8, 0, tzinfo=UTC)
REAL = {
    "slack": {"SLACK_TOKEN": "xoxb-test"},
    "dingtalk": {"DINGTALK_WEBHOOK": "https://oapi.dingtalk.com/robot/send?access_token=x"},
    "wecom": {"WECOM_WEBHOOK": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=x"},
    "feishu": {"FEISHU_WEBHOOK": "https://open.feishu.cn/open-apis/bot/v2/hook/x"},
    "email": {"EMAIL_HOST": "127.0.0.1", "EMAIL_FROM": "a@example.org"},
}
LOCAL = {
    "slack": {"SLACK_TOKEN": "xoxb-test", "SLACK_BASE_URL": "http://127.0.0.1:1/api/"},
    "dingtalk": {"DINGTALK_WEBHOOK": "http://127.0.0.1:1/send"},
    "wecom": {"WECOM_WEBHOOK": "http://localhost:1/send"},
    "feishu": {"FEISHU_WEBHOOK": "http://[::1]:1/send"},
}
KINDS = {
    "slack": SlackMessenger,
    "dingtalk": GroupRobots,
    "wecom": GroupRobots,
    "feishu": GroupRobots,
    "email": MailMessenger,
}

SetUp = Callable[..., None]


def chosen(show: Callable[[str], None]) -> Messenger:
    """Return the messenger of recipients without a route of their own."""
    return bootstrap.messengers(show, clock.now).of(bootstrap.settings().chosen_channel)


@pytest.fixture
def set_up(monkeypatch: pytest.MonkeyPatch) -> SetUp:
    def set_all(**settings: str) -> None:
        for name, value in settings.items():
            monkeypatch.setenv(f"JUNHENG_{name}", value)

    return set_all


class Recording:
    """A channel that accepts every card."""

    channel = "slack"

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.asked: list[str] = []

    def send(self, *, key: str, address: str, text: str, buttons: tuple[Button, ...] = ()) -> str:
        self.sent.append(address)
        return "C1:1"

    def was_delivered(self, *, key: str, address: str, since: datetime) -> str | None:
        self.asked.append(address)
        return "C1:1"


class TestChosenChannel:
    @pytest.mark.parametrize("channel", REAL)
    def test_a_channel_that_reaches_people_is_guarded_in_a_trial(
        self, set_up: SetUp, channel: str
    ) -> None:
        set_up(CHANNEL=channel, **REAL[channel])

        messenger = chosen(print)

        assert isinstance(messenger, GuardedMessenger)
        assert messenger.channel == channel

    @pytest.mark.parametrize("channel", REAL)
    def test_a_channel_is_not_guarded_in_production(self, set_up: SetUp, channel: str) -> None:
        set_up(CHANNEL=channel, ENVIRONMENT="production", **REAL[channel])

        assert isinstance(chosen(print), KINDS[channel])

    @pytest.mark.parametrize("environment", ["Production", "prod", "生产", "", "productions"])
    def test_a_misspelt_production_is_not_production(self, set_up: SetUp, environment: str) -> None:
        set_up(ENVIRONMENT=environment, **REAL["slack"])

        assert isinstance(chosen(print), GuardedMessenger)

    @pytest.mark.parametrize("channel", LOCAL)
    def test_a_channel_on_this_machine_is_not_guarded(self, set_up: SetUp, channel: str) -> None:
        set_up(CHANNEL=channel, **LOCAL[channel])

        assert isinstance(chosen(print), KINDS[channel])

    def test_a_token_alone_still_chooses_slack(self, set_up: SetUp) -> None:
        set_up(**LOCAL["slack"])

        assert isinstance(chosen(print), SlackMessenger)

    def test_files_are_the_default_channel(self) -> None:
        assert isinstance(chosen(print), FileMessenger)

    def test_files_can_be_chosen_although_a_token_is_set(self, set_up: SetUp) -> None:
        set_up(CHANNEL="file", **REAL["slack"])

        assert isinstance(chosen(print), FileMessenger)

    @pytest.mark.parametrize(
        ("name", "value"),
        [("CHANNEL", "pigeon"), ("EMAIL_PORT", "smtp"), ("EMAIL_SECURITY", "some")],
    )
    def test_an_invalid_setting_is_named(self, set_up: SetUp, name: str, value: str) -> None:
        set_up(**{name: value})

        with pytest.raises(bootstrap.SettingsUnusable, match=f"JUNHENG_{name}"):
            chosen(print)


class TestGroupRobots:
    real = "{webhook: https://oapi.dingtalk.com/robot/send?access_token=x}"

    @pytest.fixture
    def office(self) -> Iterator[FakeRobot]:
        with FakeRobot() as office:
            yield office

    @pytest.fixture
    def groups(self, set_up: SetUp, tmp_path: Path) -> SetUp:
        def write(**robots: str) -> None:
            path = tmp_path / "webhooks.yaml"
            lines = (f"  {name}: {robot}\n" for name, robot in robots.items())
            path.write_text("dingtalk:\n" + "".join(lines), "utf-8")
            path.chmod(0o600)
            set_up(WEBHOOKS=str(path), CHANNEL="dingtalk")

        return write

    def test_robots_on_this_machine_are_not_guarded(self, groups: SetUp, office: FakeRobot) -> None:
        groups(甲群=f"{{webhook: {office.base}/own}}")

        assert isinstance(chosen(print), GroupRobots)

    def test_beside_a_real_robot_only_robots_on_this_machine_are_called(
        self, groups: SetUp, office: FakeRobot
    ) -> None:
        groups(甲群=f"{{webhook: {office.base}/own}}", 乙群=self.real)
        messenger = chosen(print)

        receipts = [
            messenger.send(key=f"370405:2025-11-03:{name}", address=name, text="……")
            for name in ("甲群", "乙群")
        ]

        assert office.paths == ["/own"]
        assert [receipt.partition(":")[0] for receipt in receipts] == ["dingtalk", "file"]

    def test_a_real_common_robot_is_guarded(
        self, groups: SetUp, set_up: SetUp, office: FakeRobot
    ) -> None:
        groups(甲群=f"{{webhook: {office.base}/own}}")
        set_up(**REAL["dingtalk"])

        assert isinstance(chosen(print), GuardedMessenger)


class TestGuarded:
    @pytest.fixture
    def shown(self) -> list[str]:
        return []

    @pytest.fixture
    def chat(self) -> Recording:
        return Recording()

    @pytest.fixture
    def guarded(self, tmp_path: Path, chat: Recording, shown: list[str]) -> GuardedMessenger:
        return GuardedMessenger(
            chat,
            FileMessenger(tmp_path, lambda text: None, lambda recipient, day: recipient),
            allowed={"#试点"},
            withheld="没有发给{address}",
            show=shown.append,
        )

    def test_an_allowed_address_gets_its_card(
        self, guarded: GuardedMessenger, chat: Recording
    ) -> None:
        guarded.send(key=KEY, address="#试点", text="……")

        assert chat.sent == ["#试点"]

    def test_a_card_to_another_address_is_written_to_a_file_with_the_reason(
        self, guarded: GuardedMessenger, chat: Recording, tmp_path: Path
    ) -> None:
        receipt = guarded.send(key=KEY, address="#区教育局", text="今天要做：……")

        letter = (tmp_path / "2025-11-03" / "370405-区教育局.txt").read_text("utf-8")
        assert chat.sent == []
        assert letter.endswith("\n\n没有发给#区教育局\n\n今天要做：……\n")
        assert receipt == "file:2025-11-03/370405-区教育局.txt"

    def test_the_operator_is_shown_the_reason_once(
        self, guarded: GuardedMessenger, shown: list[str]
    ) -> None:
        guarded.send(key=KEY, address="#甲", text="……")
        guarded.send(key="370405:2025-11-03:乙", address="#乙", text="……")

        assert shown == ["没有发给#甲"]

    def test_was_delivered_searches_the_outbox_or_the_channel_by_address(
        self, guarded: GuardedMessenger, chat: Recording
    ) -> None:
        assert guarded.was_delivered(key=KEY, address="#区教育局", since=NOW) is None
        receipt = guarded.send(key=KEY, address="#区教育局", text="……")

        assert guarded.was_delivered(key=KEY, address="#区教育局", since=NOW) == receipt
        assert guarded.was_delivered(key=KEY, address="#试点", since=NOW) == "C1:1"
        assert chat.asked == ["#试点"]

    def test_the_line_for_the_operator_names_both_settings(
        self, set_up: SetUp, shown: list[str]
    ) -> None:
        set_up(ALLOWED_ADDRESSES="#甲， #乙,#丙", **REAL["slack"])

        chosen(shown.append).send(key=KEY, address="#区教育局", text="……")

        (line,) = shown
        assert "JUNHENG_ENVIRONMENT=production" in line
        assert "#区教育局 也不在 JUNHENG_ALLOWED_ADDRESSES 之中" in line
        assert bootstrap.settings().allowed == {"#甲", "#乙", "#丙"}


class TestConsoleMessenger:
    def test_a_card_is_shown_with_its_address(self) -> None:
        shown: list[str] = []

        ConsoleMessenger(shown.append).send(key=KEY, address="#区教育局", text="……")

        assert shown == ["#区教育局\n……"]

    def test_the_delivery_of_a_card_is_unknown(self) -> None:
        with pytest.raises(DeliveryUnknown, match="不再重发"):
            ConsoleMessenger(print).was_delivered(key=KEY, address="#区教育局", since=NOW)


@pytest.mark.parametrize(
    ("url", "is_local"),
    [
        ("http://127.0.0.1:80/api/", True),
        ("http://localhost/", True),
        ("http://[::1]:80/", True),
        ("https://slack.com/api/", False),
        ("http://127.0.0.1@example.org/", False),
        ("http://127.0.0.1.example.org/", False),
        ("http://0.0.0.0/", False),
        ("http://[::1/", False),
        ("127.0.0.1", False),
        (None, False),
    ],
)
def test_only_urls_of_this_machine_are_loopback(url: str | None, is_local: bool) -> None:
    assert is_loopback(url) is is_local
