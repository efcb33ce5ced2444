"""Mail: hands cards to a mail server, which has taken one once it says so after the last line."""

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from uuid import NAMESPACE_URL, uuid5

from pydantic import SecretStr

from junheng import wording
from junheng.adapters.messaging import unreachable
from junheng.adapters.messaging.allowed_addresses import is_loopback
from junheng.adapters.messaging.messenger import (
    CardRefused,
    ChatClosed,
    ChatFailing,
    ChatUnreachable,
    DeliveryUncertain,
    DeliveryUnknown,
    NotDelivered,
)
from junheng.domain.chat.buttons import Button
from junheng.settings import EmailSecurity
from junheng.wording.chase.mail import MailWords

_ADDRESS = re.compile(r"[!#-'*+\-./0-9=?A-Z^_`a-z{|}~]+@[A-Za-z0-9.-]+")
_PLAIN = re.compile(r"[ -~]+")
_TAKEN = frozenset({250, 251})
_TRANSIENT, _PERMANENT, _BEYOND = 400, 500, 600
_PORTS = {EmailSecurity.STARTTLS: 587, EmailSecurity.SSL: 465, EmailSecurity.NONE: 25}


@dataclass(frozen=True, slots=True)
class MailServer:
    """How the mail server is reached; None is what no setting names."""

    host: str | None
    port: int | None
    security: EmailSecurity
    user: str | None
    password: SecretStr | None
    sender: str | None


class MailMessenger:
    """Sends each card as a plain letter; its Message-ID is the same whenever it is sent."""

    channel = "email"

    def __init__(self, server: MailServer, *, timeout_seconds: float = 15.0) -> None:
        self._server = server
        self._timeout_seconds = timeout_seconds

    def send(self, *, key: str, address: str, text: str, buttons: tuple[Button, ...] = ()) -> str:
        letter = self._letter(key, address, text)
        self._check()
        with self._connected() as smtp:
            self._announce(smtp, address)
            self._hand_over(smtp, letter, address)
        return str(letter["Message-ID"])

    def was_delivered(self, *, key: str, address: str, since: datetime) -> str | None:
        del key, since
        raise DeliveryUnknown(_says().unknown.format(address=address))

    def _letter(self, key: str, address: str, text: str) -> EmailMessage:
        sender = self._server.sender or ""
        if not _ADDRESS.fullmatch(sender):
            raise ChatClosed(_says().no_sender)
        if not _ADDRESS.fullmatch(address):
            raise CardRefused(_says().no_address.format(address=address))
        letter = EmailMessage(policy=SMTP)
        letter["From"], letter["To"] = sender, address
        letter["Subject"] = " ".join(next(iter(text.strip().splitlines()), "").split())
        letter["Message-ID"] = f"<{uuid5(NAMESPACE_URL, key)}@{sender.rpartition('@')[2]}>"
        letter.set_content(text, charset="utf-8", cte="base64")
        return letter

    def _check(self) -> None:
        """Refuse settings that cannot work, or would give the password away, before any call."""
        server = self._server
        if not _PLAIN.fullmatch(server.host or ""):
            raise ChatClosed(_says().no_host)
        if server.user is None or server.password is None:
            return
        is_open = server.security is EmailSecurity.NONE
        if is_open and not is_loopback(f"smtp://{server.host}"):
            raise ChatClosed(_says().password_in_the_clear)
        if not (_PLAIN.fullmatch(server.user) and _PLAIN.fullmatch(_secret(server.password))):
            raise ChatClosed(_says().login_unusable)

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        """Yield a connection that has logged in; whatever fails until then, nothing was sent."""
        with ExitStack() as parting:
            trouble: NotDelivered | None = None
            smtp: smtplib.SMTP | None = None
            try:
                smtp = self._opened()
                parting.callback(_part, smtp)
                self._log_in(smtp)
            except smtplib.SMTPAuthenticationError as error:
                trouble = _not_let_in(error.smtp_code)
            except smtplib.SMTPNotSupportedError:
                trouble = ChatClosed(_says().security_unsupported)
            except OSError as error:
                trouble = ChatUnreachable(_says().unreachable.format(reason=_kind(error)))
            # Out here the client's own error, which may hold what was said, is no context.
            if smtp is None or trouble is not None:
                raise trouble or ChatUnreachable(_says().unreachable_for_no_reason)
            yield smtp

    def _opened(self) -> smtplib.SMTP:
        server, host = self._server, self._server.host or ""
        port = server.port or _PORTS[server.security]
        if server.security is EmailSecurity.SSL:
            tls = ssl.create_default_context()
            return smtplib.SMTP_SSL(host, port, timeout=self._timeout_seconds, context=tls)
        return smtplib.SMTP(host, port, timeout=self._timeout_seconds)

    def _log_in(self, smtp: smtplib.SMTP) -> None:
        if self._server.security is EmailSecurity.STARTTLS:
            smtp.starttls(context=ssl.create_default_context())
        smtp.ehlo_or_helo_if_needed()
        if self._server.user is not None and self._server.password is not None:
            smtp.login(self._server.user, _secret(self._server.password))

    def _announce(self, smtp: smtplib.SMTP, address: str) -> None:
        """Name sender and recipient; the letter itself is not out yet."""
        trouble: NotDelivered | None = None
        try:
            sender_code, _ = smtp.mail(self._server.sender or "")
            code, _ = smtp.rcpt(address) if sender_code in _TAKEN else (sender_code, b"")
        except OSError as error:
            trouble = ChatUnreachable(_says().interrupted.format(reason=_kind(error)))
        else:
            if sender_code not in _TAKEN and sender_code >= _PERMANENT:
                trouble = ChatClosed(_says().sender_refused.format(code=sender_code))
            elif code not in _TAKEN:
                trouble = _refused(address, code)
        if trouble is not None:
            raise trouble

    def _hand_over(self, smtp: smtplib.SMTP, letter: EmailMessage, address: str) -> None:
        trouble: Exception | None = None
        try:
            code, _ = smtp.data(letter.as_bytes())
        except smtplib.SMTPDataError as error:
            # It was not even let begin.
            trouble = _refused(address, error.smtp_code)
        except OSError as error:
            trouble = DeliveryUncertain(
                _says().uncertain.format(address=address, reason=_kind(error))
            )
        else:
            if _TRANSIENT <= code < _BEYOND:
                trouble = _refused(address, code)
            elif code not in _TAKEN:
                # Not a final code of SMTP, but for example the page of a proxy.
                trouble = DeliveryUncertain(_says().no_result.format(address=address))
        if trouble is not None:
            raise trouble


def _says() -> MailWords:
    return wording.packaged().mail


def _not_let_in(code: int) -> NotDelivered:
    if code < _PERMANENT:
        return ChatUnreachable(_says().no_login_now.format(code=code))
    return ChatClosed(_says().no_login.format(code=code))


def _refused(address: str, code: int) -> NotDelivered:
    if code < _PERMANENT:
        return ChatFailing(_says().not_now.format(address=address, code=code))
    return CardRefused(_says().refused.format(address=address, code=code))


def _part(smtp: smtplib.SMTP) -> None:
    # The letter was taken or not; how they part changes nothing.
    with suppress(OSError):
        smtp.quit()
    smtp.close()


def _secret(password: SecretStr) -> str:
    return password.get_secret_value()


def _kind(error: OSError) -> str:
    # What a mail server said is kept back: it may repeat what it was told.
    said_by_server = isinstance(error, smtplib.SMTPException)
    if said_by_server:
        return type(error).__name__
    return unreachable.why(error, unknown=error.strerror or type(error).__name__)
