"""Mail: mails to a loopback server that accepts, refuses, breaks off and lags."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from pydantic import SecretStr

from junheng.adapters.messaging.mail import MailMessenger, MailServer
from junheng.adapters.messaging.messenger import (
    CardRefused,
    ChatClosed,
    ChatFailing,
    ChatUnreachable,
    DeliveryUncertain,
    DeliveryUnknown,
)
from junheng.settings import EmailSecurity
from tests.fakes_mail import Breaks, FakeMail

KEY = "370405:2025-11-03:区教育局"
ADDRESS = "jiaoyu@example.org"
TEXT = "【义务教育优质均衡整改】区教育局\n今天要做：……"
UNREAD = "a-password-nobody-may-read"

MailOf = Callable[..., FakeMail]


@pytest.fixture
def mail() -> Iterator[MailOf]:
    opened: list[FakeMail] = []

    def start(**settings: Any) -> FakeMail:
        opened.append(FakeMail(**settings).__enter__())
        return opened[-1]

    yield start
    for server in opened:
        server.__exit__(None, None, None)


def server_of(office: FakeMail, **other: Any) -> MailServer:
    settings: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": office.port,
        "security": EmailSecurity.NONE,
        "user": "junheng",
        "password": SecretStr(UNREAD),
        "sender": "junheng@example.org",
    }
    return MailServer(**(settings | other))


def send(office: FakeMail, *, address: str = ADDRESS, text: str = TEXT, **other: Any) -> str:
    messenger = MailMessenger(server_of(office, **other), timeout_seconds=1)
    return messenger.send(key=KEY, address=address, text=text)


class TestSend:
    def test_a_card_arrives_once_as_a_plain_letter(self, mail: MailOf) -> None:
        office = mail()

        receipt = send(office)

        (raw,) = office.letters
        letter = message_from_bytes(raw, policy=default)
        assert letter["To"] == ADDRESS
        assert letter["Subject"] == "【义务教育优质均衡整改】区教育局"
        assert letter["Message-ID"] == receipt
        assert letter.get_content_type() == "text/plain"
        assert letter.get_content().splitlines() == TEXT.splitlines()

    def test_the_same_card_has_the_same_message_id(self, mail: MailOf) -> None:
        office = mail()

        assert send(office) == send(office)

    @pytest.mark.parametrize(
        "address",
        ["#区教育局", "", "a@b\r\nRCPT TO:<c@d>", "a@b, c@d", "<a@b>", "a@b>", "教育@例子.中国"],
    )
    def test_an_invalid_address_is_refused_before_any_call(
        self, mail: MailOf, address: str
    ) -> None:
        office = mail()

        with pytest.raises(CardRefused, match=r"contacts\.yaml"):
            send(office, address=address)

        assert office.heard == []

    def test_a_line_break_in_the_text_adds_no_header(self, mail: MailOf) -> None:
        office = mail()

        send(office, text="某小学\r\nBcc: all@example.org\r\n……")

        letter = message_from_bytes(office.letters[0], policy=default)
        assert letter["Bcc"] is None
        # Newer versions of Python write "to" in small letters.
        recipients = [line.lower() for line in office.heard if line.startswith("rcpt")]
        assert recipients == [f"rcpt to:<{ADDRESS}>"]

    @pytest.mark.parametrize("verb", ["RCPT", ".", "DATA"])
    def test_a_permanent_refusal_names_the_address(self, mail: MailOf, verb: str) -> None:
        with pytest.raises(CardRefused, match=rf"{ADDRESS}.*550"):
            send(mail(codes={verb: "550 no"}))

    @pytest.mark.parametrize("verb", ["RCPT", ".", "MAIL", "DATA"])
    def test_a_transient_refusal_is_left_to_the_next_run(self, mail: MailOf, verb: str) -> None:
        with pytest.raises(ChatFailing, match="450"):
            send(mail(codes={verb: "450 later"}))

    def test_a_refused_sender_names_the_setting(self, mail: MailOf) -> None:
        with pytest.raises(ChatClosed, match=r"550.*JUNHENG_EMAIL_FROM"):
            send(mail(codes={"MAIL": "550 no"}))

    def test_a_refused_password_names_the_setting(self, mail: MailOf) -> None:
        with pytest.raises(ChatClosed, match=r"535.*JUNHENG_EMAIL_PASSWORD"):
            send(mail(codes={"AUTH": "535 no"}))

    @pytest.mark.parametrize("breaks", [Breaks.AT_GREETING, Breaks.AT_RECIPIENT])
    def test_a_connection_that_breaks_before_the_content_leaves_the_card_owed(
        self, mail: MailOf, breaks: Breaks
    ) -> None:
        office = mail(breaks=breaks)

        with pytest.raises(ChatUnreachable, match="下次运行时再发"):
            send(office)

        assert office.letters == []

    def test_delivery_is_uncertain_if_the_connection_breaks_after_the_content(
        self, mail: MailOf
    ) -> None:
        office = mail(breaks=Breaks.AFTER_TAKING)

        with pytest.raises(DeliveryUncertain, match="没有答复"):
            send(office)

        assert len(office.letters) == 1

    @pytest.mark.parametrize("answer", ["<html>maintenance</html>", "220 hello", "354 go on"])
    def test_delivery_is_uncertain_after_an_answer_that_is_not_final(
        self, mail: MailOf, answer: str
    ) -> None:
        with pytest.raises(DeliveryUncertain, match="没有给出明确结果"):
            send(mail(codes={".": answer}))

    def test_delivery_is_uncertain_after_a_slow_answer(self, mail: MailOf) -> None:
        office = mail(seconds=2.0)

        with pytest.raises(DeliveryUncertain, match="没有答复"):
            send(office)

        assert len(office.letters) == 1

    def test_an_error_in_quit_does_not_change_the_result(self, mail: MailOf) -> None:
        office = mail(codes={"QUIT": "500 what"})

        send(office)

        assert len(office.letters) == 1

    def test_a_stopped_server_is_unreachable(self) -> None:
        with FakeMail() as gone:
            pass

        with pytest.raises(ChatUnreachable, match="连不上邮件服务器"):
            send(gone)

    def test_the_delivery_of_a_mail_is_unknown(self, mail: MailOf) -> None:
        messenger = MailMessenger(server_of(mail()))

        with pytest.raises(DeliveryUnknown, match=rf"{ADDRESS}.*不再重发"):
            messenger.was_delivered(key=KEY, address=ADDRESS, since=datetime.now(UTC))


class TestSecurity:
    def test_nothing_is_sent_unencrypted_if_starttls_is_required(self, mail: MailOf) -> None:
        office = mail()

        with pytest.raises(ChatClosed, match="JUNHENG_EMAIL_SECURITY"):
            send(office, security=EmailSecurity.STARTTLS)

        assert office.letters == []
        assert not [line for line in office.heard if line.startswith("AUTH")]

    def test_a_server_without_tls_is_unreachable_by_tls(self, mail: MailOf) -> None:
        office = mail()

        with pytest.raises(ChatUnreachable):
            send(office, security=EmailSecurity.SSL)

        assert office.letters == []

    def test_no_password_is_sent_unencrypted_to_another_machine(self, mail: MailOf) -> None:
        with pytest.raises(ChatClosed, match="密码不能不加密发送"):
            send(mail(), host="192.0.2.1")

    @pytest.mark.parametrize(
        ("name", "value", "setting"),
        [
            ("host", None, "HOST"),
            ("host", "a\nb", "HOST"),
            ("sender", None, "FROM"),
            ("sender", "均衡 <a@b>", "FROM"),
            ("password", SecretStr("密码"), "PASSWORD"),
            ("user", "名字", "USER"),
        ],
    )
    def test_an_invalid_setting_is_named_before_any_call(
        self, mail: MailOf, name: str, value: Any, setting: str
    ) -> None:
        office = mail()

        with pytest.raises(ChatClosed, match=f"JUNHENG_EMAIL_{setting}"):
            send(office, **{name: value})

        assert office.heard == []
