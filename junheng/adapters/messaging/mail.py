"""Mail: sends cards by SMTP; a card is accepted if the server confirms it after the last line."""

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
_ACCEPTED = frozenset({250, 251})
_TRANSIENT, _PERMANENT, _END_OF_CODES = 400, 500, 600
_PORTS = {EmailSecurity.STARTTLS: 587, EmailSecurity.SSL: 465, EmailSecurity.NONE: 25}


@dataclass(frozen=True, slots=True)
class MailServer:
    """The connection settings of the mail server; None if not set."""

    host: str | None
    port: int | None
    security: EmailSecurity
    user: str | None
    password: SecretStr | None
    sender: str | None


class MailMessenger:
    """Sends each card as a plain text mail; its Message-ID depends on the key only."""

    channel = "email"

    def __init__(self, server: MailServer, *, timeout_seconds: float = 15.0) -> None:
        self._server = server
        self._timeout_seconds = timeout_seconds

    def send(self, *, key: str, address: str, text: str, buttons: tuple[Button, ...] = ()) -> str:
        letter = self._letter(key, address, text)
        self._check()
        with self._connected() as smtp:
            self._send_addresses(smtp, address)
            self._send_content(smtp, letter, address)
        return str(letter["Message-ID"])

    def was_delivered(self, *, key: str, address: str, since: datetime) -> str | None:
        del key, since
        raise DeliveryUnknown(_words().unknown.format(address=address))

    def _letter(self, key: str, address: str, text: str) -> EmailMessage:
        sender = self._server.sender or ""
        if not _ADDRESS.fullmatch(sender):
            raise ChatClosed(_words().no_sender)
        if not _ADDRESS.fullmatch(address):
            raise CardRefused(_words().no_address.format(address=address))
        letter = EmailMessage(policy=SMTP)
        letter["From"], letter["To"] = sender, address
        letter["Subject"] = " ".join(next(iter(text.strip().splitlines()), "").split())
        letter["Message-ID"] = f"<{uuid5(NAMESPACE_URL, key)}@{sender.rpartition('@')[2]}>"
        letter.set_content(text, charset="utf-8", cte="base64")
        return letter

    def _check(self) -> None:
        """Raise ChatClosed for settings that cannot work or would send the password unencrypted."""
        server = self._server
        if not _PLAIN.fullmatch(server.host or ""):
            raise ChatClosed(_words().no_host)
        if server.user is None or server.password is None:
            return
        is_open = server.security is EmailSecurity.NONE
        if is_open and not is_loopback(f"smtp://{server.host}"):
            raise ChatClosed(_words().password_in_the_clear)
        if not (_PLAIN.fullmatch(server.user) and _PLAIN.fullmatch(_secret(server.password))):
            raise ChatClosed(_words().login_unusable)

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        """Yield a connection after login; if an error is raised before, nothing was sent."""
        with ExitStack() as cleanup:
            trouble: NotDelivered | None = None
            smtp: smtplib.SMTP | None = None
            try:
                smtp = self._opened()
                cleanup.callback(_disconnect, smtp)
                self._log_in(smtp)
            except smtplib.SMTPAuthenticationError as error:
                trouble = _login_refused(error.smtp_code)
            except smtplib.SMTPNotSupportedError:
                trouble = ChatClosed(_words().security_unsupported)
            except OSError as error:
                trouble = ChatUnreachable(_words().unreachable.format(reason=_kind(error)))
            # Raised outside of `except`: the error of smtplib may quote the dialog.
            if smtp is None or trouble is not None:
                raise trouble or ChatUnreachable(_words().unreachable_for_no_reason)
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

    def _send_addresses(self, smtp: smtplib.SMTP, address: str) -> None:
        """Send MAIL and RCPT; the content is not sent yet."""
        trouble: NotDelivered | None = None
        try:
            sender_code, _ = smtp.mail(self._server.sender or "")
            code, _ = smtp.rcpt(address) if sender_code in _ACCEPTED else (sender_code, b"")
        except OSError as error:
            trouble = ChatUnreachable(_words().interrupted.format(reason=_kind(error)))
        else:
            if sender_code not in _ACCEPTED and sender_code >= _PERMANENT:
                trouble = ChatClosed(_words().sender_refused.format(code=sender_code))
            elif code not in _ACCEPTED:
                trouble = _refused(address, code)
        if trouble is not None:
            raise trouble

    def _send_content(self, smtp: smtplib.SMTP, letter: EmailMessage, address: str) -> None:
        trouble: Exception | None = None
        try:
            code, _ = smtp.data(letter.as_bytes())
        except smtplib.SMTPDataError as error:
            # The server refused the DATA command, before the content.
            trouble = _refused(address, error.smtp_code)
        except OSError as error:
            trouble = DeliveryUncertain(
                _words().uncertain.format(address=address, reason=_kind(error))
            )
        else:
            if _TRANSIENT <= code < _END_OF_CODES:
                trouble = _refused(address, code)
            elif code not in _ACCEPTED:
                # Not a final SMTP code, for example the page of a proxy.
                trouble = DeliveryUncertain(_words().no_result.format(address=address))
        if trouble is not None:
            raise trouble


def _words() -> MailWords:
    return wording.packaged().mail


def _login_refused(code: int) -> NotDelivered:
    if code < _PERMANENT:
        return ChatUnreachable(_words().no_login_now.format(code=code))
    return ChatClosed(_words().no_login.format(code=code))


def _refused(address: str, code: int) -> NotDelivered:
    if code < _PERMANENT:
        return ChatFailing(_words().not_now.format(address=address, code=code))
    return CardRefused(_words().refused.format(address=address, code=code))


def _disconnect(smtp: smtplib.SMTP) -> None:
    # The result of the card is known; an error in QUIT does not change it.
    with suppress(OSError):
        smtp.quit()
    smtp.close()


def _secret(password: SecretStr) -> str:
    return password.get_secret_value()


def _kind(error: OSError) -> str:
    # An answer of the mail server is not quoted: it may repeat the password.
    if isinstance(error, smtplib.SMTPException):
        return type(error).__name__
    return unreachable.why(error, unknown=error.strerror or type(error).__name__)
