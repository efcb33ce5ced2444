"""Secrets: no error message and no log line contains a token, webhook or password."""

import logging
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from junheng import bootstrap
from junheng.adapters import clock
from junheng.adapters.messaging.mail import MailMessenger, MailServer
from junheng.adapters.messaging.messenger import (
    DeliveryUncertain,
    DeliveryUnknown,
    Messenger,
    NotDelivered,
)
from junheng.adapters.robots import webhook_file
from junheng.adapters.robots.groups import GroupRobots
from junheng.adapters.robots.platforms import DINGTALK, FEISHU, WECOM
from junheng.adapters.robots.sending import RobotMessenger
from junheng.adapters.robots.webhook_file import Robot
from junheng.adapters.slack.sending import SlackMessenger
from junheng.adapters.slack.socket_mode import Acknowledgement, SlackSocket
from junheng.adapters.slack.web_api import SlackDesk
from junheng.settings import EmailSecurity
from tests.fakes import FakeSlack, Post
from tests.fakes_mail import Breaks, FakeMail
from tests.fakes_robot import FakeRobot, Given
from tests.fakes_slack import FakeSlackOffice
from tests.loopback import Says

SECRET = "nobody-may-read-this"  # noqa: S105 - must appear nowhere
SIGNING_SECRET = "SEC-nor-this"  # noqa: S105 - must appear nowhere
FAULTS = (NotDelivered, DeliveryUncertain, DeliveryUnknown)
ECHO = f"bad https://x/send?access_token={SECRET} signed {SIGNING_SECRET}"
ROBOT_FAULTS: tuple[Given | Says, ...] = (
    Given.HANG_UP,
    Given.TAKE_WITHOUT_ANSWER,
    *(Says({"errcode": 0, "code": 0}, status=status) for status in (404, 500)),
    *(Says(ECHO, status=status) for status in (200, 302, 404, 429, 500)),
    *(
        Says({"errcode": code, "errmsg": ECHO, "code": code, "msg": ECHO})
        for code in (-1, 310000, 93000, 19021, 45009, 130101, 11232, 987654)
    ),
)


@pytest.fixture(autouse=True)
def _no_secret_is_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    caplog.set_level(logging.DEBUG)
    yield
    assert_no_secret(caplog.text)


def assert_no_secret(text: str) -> None:
    assert SECRET not in text
    assert SIGNING_SECRET not in text


def all_texts_of(error: BaseException | None) -> Iterator[str]:
    """Yield all texts of an error and of the errors in its chain."""
    if error is not None:
        yield from (str(error), repr(error), repr(error.args), repr(vars(error)))
        yield from traceback.format_exception(error)
        yield from all_texts_of(error.__cause__)
        yield from all_texts_of(error.__context__)


def assert_fails_without_the_secret(call: Callable[[], object]) -> None:
    with pytest.raises(FAULTS) as failed:
        call()
    for text in all_texts_of(failed.value):
        assert_no_secret(text)


def send(messenger: Messenger) -> Callable[[], object]:
    assert_no_secret(repr(messenger))
    key = "370405:2025-11-03:区教育局"
    return lambda: messenger.send(key=key, address="jiaoyu@example.org", text="……")


class TestRobots:
    @pytest.mark.parametrize(
        "platform", [DINGTALK, WECOM, FEISHU], ids=lambda platform: platform.channel
    )
    @pytest.mark.parametrize("given", ROBOT_FAULTS)
    def test_no_error_contains_the_webhook_or_the_secret(
        self, platform: Any, given: Given | Says
    ) -> None:
        with FakeRobot(given) as office:
            webhook = SecretStr(f"{office.base}/send?access_token={SECRET}")
            messenger = RobotMessenger(
                platform, webhook, SecretStr(SIGNING_SECRET), cut="……", clock=clock.now
            )

            assert_fails_without_the_secret(send(messenger))

    @pytest.mark.parametrize(
        "webhook",
        [
            f"http://127.0.0.1:9/{SECRET}",
            f"https://127.0.0.1:9/{SECRET}",
            f"ftp://{SECRET}",
            SECRET,
            f"https://x/{SECRET} ",
            f"https://x/{SECRET}\n",
            f"https://x/{SECRET}密",
            f"https://[x/{SECRET}",
            f"https://x:{SECRET}/",
        ],
    )
    def test_an_invalid_webhook_is_not_quoted(self, webhook: str) -> None:
        messenger = RobotMessenger(
            DINGTALK, SecretStr(webhook), SecretStr(SIGNING_SECRET), cut="……", clock=clock.now
        )

        assert_fails_without_the_secret(send(messenger))

    @pytest.mark.parametrize("given", ROBOT_FAULTS)
    def test_no_error_of_a_group_robot_contains_the_webhook_or_the_secret(
        self, given: Given | Says
    ) -> None:
        with FakeRobot(given) as office:
            webhook = SecretStr(f"{office.base}/send?access_token={SECRET}")
            own = {"jiaoyu@example.org": Robot(webhook=webhook, secret=SecretStr(SIGNING_SECRET))}
            assert_no_secret(repr(own))

            assert_fails_without_the_secret(
                send(GroupRobots(DINGTALK, None, own, cut="……", clock=clock.now))
            )


class TestWebhooks:
    @pytest.mark.parametrize(
        "text",
        [
            f"dingtalk:\n  甲群: {{webhook: [{SECRET}\n",
            f"dingtalk:\n  甲群: {{webhook: [{SECRET}], secret: {SIGNING_SECRET}}}\n",
            f"dingtalk:\n  甲群: https://x/{SECRET}\n",
            f"dingtalk:\n  https://x/{SECRET}: {SIGNING_SECRET}\n",
            f"dingtalk:\n  access_token={SECRET}{'x' * 40}: {{secret: {SIGNING_SECRET}}}\n",
            f"dingtalk: https://x/{SECRET}\n",
            f"dingtalk:\n  甲群: {{webhook: https://x/{SECRET}, secrets: {SIGNING_SECRET}}}\n",
            f"https://x/{SECRET}: {SIGNING_SECRET}\n",
            f"{SECRET}\n",
            f"甲群: !!python/object:x.{SECRET} []\n",
        ],
    )
    @pytest.mark.parametrize("mode", [0o600, 0o644])
    def test_an_invalid_webhooks_file_is_not_quoted(
        self, tmp_path: Path, text: str, mode: int
    ) -> None:
        path = tmp_path / "webhooks.yaml"
        path.write_text(text, "utf-8")
        path.chmod(mode)

        assert_fails_without_the_secret(lambda: webhook_file.read(path, config=tmp_path / "config"))

    def test_a_webhooks_file_that_is_not_utf8_is_not_quoted(self, tmp_path: Path) -> None:
        path = tmp_path / "webhooks.yaml"
        path.write_bytes(b"\xff\xfe" + SECRET.encode())
        path.chmod(0o600)

        assert_fails_without_the_secret(lambda: webhook_file.read(path, config=tmp_path / "config"))


class TestSlack:
    @pytest.mark.parametrize(
        "post",
        [
            Post.LIMIT_FOR_LONG,
            Post.FAIL_UNCLEARLY,
            Post.TAKE_WITHOUT_ANSWER,
            "invalid_auth",
            "channel_not_found",
            "strange",
        ],
    )
    def test_no_error_contains_the_token(self, post: Post | str) -> None:
        with FakeSlack(post) as office:
            assert_fails_without_the_secret(send(SlackMessenger(f"xoxb-{SECRET}", office.url)))

    def test_the_error_of_an_unreachable_slack_does_not_contain_the_token(self) -> None:
        with FakeSlack() as gone:
            pass

        assert_fails_without_the_secret(send(SlackMessenger(f"xoxb-{SECRET}", gone.url)))

    @pytest.mark.parametrize("token", [f"xoxb-{SECRET}\n", f"xoxb {SECRET}", f"令牌{SECRET}", ""])
    def test_an_invalid_token_is_not_quoted(self, token: str) -> None:
        with FakeSlack() as office:
            assert_fails_without_the_secret(send(SlackMessenger(token, office.url)))

        assert office.calls == []


class TestSlackDesk:
    @pytest.mark.parametrize("fault", ["invalid_auth", "strange", 500])
    def test_no_error_contains_the_token(self, fault: str | int) -> None:
        with FakeSlackOffice() as office:
            office.faults["auth.test"].extend([fault] * 3)
            desk = SlackDesk(f"xoxb-{SECRET}", office.url)

            assert_fails_without_the_secret(desk.itself)

    @pytest.mark.parametrize("fault", ["invalid_auth", "strange", 500])
    def test_no_error_of_the_socket_contains_its_token(self, fault: str | int) -> None:
        with FakeSlackOffice() as office:
            office.faults["apps.connections.open"].extend([fault] * 3)
            with socket_of(f"xapp-{SECRET}", office.url) as socket:
                assert_fails_without_the_secret(socket.connect)

    @pytest.mark.parametrize("token", [SECRET, f"xapp-{SECRET} ", f"xapp-密{SECRET}"])
    def test_an_invalid_token_is_not_quoted(self, token: str) -> None:
        assert_fails_without_the_secret(lambda: socket_of(token, "http://127.0.0.1:9/"))

    def test_the_error_of_a_failed_download_does_not_contain_the_token(
        self, tmp_path: Path
    ) -> None:
        with FakeSlackOffice() as office:
            file = office.attach("a.pdf", b"%PDF")
            desk = SlackDesk(f"xoxb-{SECRET}", office.url)

            assert_fails_without_the_secret(lambda: desk.fetch(file, tmp_path, largest_bytes=9))


def socket_of(token: str, url: str) -> SlackSocket:
    return SlackSocket(
        token,
        url,
        hear=lambda envelope: Acknowledgement(),
        log=logging.getLogger("test"),
        not_a_token="应以 xapp- 开头",  # noqa: S106 - a sentence
    )


class TestMail:
    @pytest.mark.parametrize(
        "fault",
        [
            {"codes": {"AUTH": f"535 no {SECRET}"}},
            {"codes": {"AUTH": f"435 no {SECRET}"}},
            {"codes": {"EHLO": "502 what", "HELO": f"550 no {SECRET}"}},
            {"codes": {"MAIL": f"550 no {SECRET}"}},
            {"codes": {"RCPT": f"550 no {SECRET}"}},
            {"codes": {"DATA": f"450 no {SECRET}"}},
            {"codes": {".": f"550 no {SECRET}"}},
            {"offers": ()},
            {"breaks": Breaks.AT_GREETING},
            {"breaks": Breaks.AT_RECIPIENT},
            {"breaks": Breaks.AFTER_TAKING},
        ],
        ids=str,
    )
    def test_no_error_contains_the_password(self, fault: dict[str, Any]) -> None:
        with FakeMail(**fault) as office:
            assert_fails_without_the_secret(send(MailMessenger(mail_server(office.port, SECRET))))

    def test_an_invalid_password_is_not_quoted(self) -> None:
        with FakeMail() as office:
            assert_fails_without_the_secret(
                send(MailMessenger(mail_server(office.port, f"密{SECRET}")))
            )


def mail_server(port: int, secret: str) -> MailServer:
    server = MailServer(
        host="127.0.0.1",
        port=port,
        security=EmailSecurity.NONE,
        user="junheng",
        password=SecretStr(secret),
        sender="a@example.org",
    )
    assert_no_secret(repr(server))
    return server


class TestSettings:
    def test_an_error_in_another_setting_quotes_no_secret(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("SLACK_TOKEN", "DINGTALK_WEBHOOK", "FEISHU_SECRET", "EMAIL_PASSWORD"):
            monkeypatch.setenv(f"JUNHENG_{name}", SECRET)
        assert_no_secret(repr(bootstrap.settings()))
        monkeypatch.setenv("JUNHENG_CHANNEL", SECRET)

        with pytest.raises(bootstrap.SettingsUnusable) as refused:
            bootstrap.settings()

        for text in all_texts_of(refused.value):
            assert_no_secret(text)
