"""Robots: posts cards to the webhook of a group robot, which answers by a code in the body."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from junheng import wording
from junheng.adapters import outgoing
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
from junheng.adapters.messaging.pacing import Pace, Turns
from junheng.domain.chat.buttons import Button
from junheng.domain.office_days import Clock
from junheng.wording.chase.robots import RobotWords

_WEB_ADDRESS = re.compile(r"https?://[!-~]+")
_LONGEST_REASON = 80


class Meaning(StrEnum):
    """The meaning of an error code for a card that was posted."""

    WAIT = "wait"
    CLOSED = "closed"
    REFUSED = "refused"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Call:
    """A request: the URL and the JSON body of one card."""

    url: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Platform:
    """The properties of one platform's robots.

    `inert` maps characters with a meaning to harmless ones. `call` returns the request for a
    webhook, signing secret, text and time (in seconds since the epoch).
    """

    channel: str
    webhook_setting: str
    most_bytes: int
    paces: tuple[Pace, ...]
    inert: Mapping[str, str]
    meanings: Mapping[int, Meaning]
    code_of: Callable[[Mapping[str, Any]], object]
    call: Callable[[str, str | None, str, float], Call]

    @property
    def name(self) -> str:
        """Return the display name of the platform."""
        return wording.packaged().channels.names.of(self.channel)


class RobotMessenger:
    """Posts cards to one robot; a card is delivered if the platform answers with code 0.

    `cut` is the last line of a card that was shortened to the platform's limit. With `setting` the
    robot belongs to one group: its errors refuse single cards and do not close the platform.
    """

    def __init__(
        self,
        platform: Platform,
        webhook: SecretStr | None,
        secret: SecretStr | None,
        *,
        cut: str,
        clock: Clock,
        turns: Turns | None = None,
        setting: str | None = None,
        timeout_seconds: float = 15.0,
    ) -> None:
        self.channel = platform.channel
        self._platform = platform
        self._webhook = webhook
        self._secret = secret
        self._cut = cut
        self._clock = clock
        self._timeout_seconds = timeout_seconds
        self._turns = turns or Turns(platform.paces)
        self._is_common = setting is None
        self._setting = setting or platform.webhook_setting

    def send(self, *, key: str, address: str, text: str, buttons: tuple[Button, ...] = ()) -> str:
        call = self._call(text)
        self._turns.take()
        self._check(self._answer(call, address), address)
        return f"{self.channel}:{key}"

    def was_delivered(self, *, key: str, address: str, since: datetime) -> str | None:
        del key, since
        raise DeliveryUnknown(
            _words().unknown.format(platform=self._platform.name, address=address)
        )

    def _call(self, text: str) -> Call:
        webhook = self._webhook.get_secret_value() if self._webhook is not None else ""
        secret = self._secret.get_secret_value() if self._secret is not None else None
        if not _is_valid(webhook):
            no_webhook = _words().no_webhook
            raise self._closed(
                no_webhook.format(platform=self._platform.name, setting=self._setting)
            )
        content = fitting(
            inert(text, self._platform.inert), self._platform.most_bytes, cut=self._cut
        )
        return self._platform.call(webhook, secret, content, self._clock().timestamp())

    def _answer(self, call: Call, address: str) -> outgoing.Answer:
        try:
            return outgoing.post(
                call.url,
                json.dumps(call.body, ensure_ascii=False).encode(),
                headers={"Content-Type": "application/json; charset=utf-8"},
                timeout_seconds=self._timeout_seconds,
            )
        except outgoing.NotReached as error:
            unreachable = _words().unreachable
            raise ChatUnreachable(
                unreachable.format(platform=self._platform.name, reason=error)
            ) from error
        except outgoing.NoAnswer as error:
            raise self._uncertain(address, _words().no_answer.format(reason=error)) from error

    def _check(self, answer: outgoing.Answer, address: str) -> None:
        status, content = answer.status, answer.json_object or {}
        code = self._platform.code_of(content)
        if not isinstance(code, int) or isinstance(code, bool):
            # Not an answer of the platform, but a redirect or the page of a proxy.
            not_the_platforms = _words().not_the_platforms
            raise self._uncertain(
                address, not_the_platforms.format(status=status, setting=self._setting)
            )
        if code == 0 and status == outgoing.OK:
            return
        if code == 0:
            raise self._uncertain(address, f"HTTP {status}")
        reason = self._reason(code, content)
        # After an unknown code the card may have arrived.
        raise self._failure(self._platform.meanings.get(code, Meaning.UNCLEAR), reason, address)

    def _failure(self, meaning: Meaning, reason: str, address: str) -> Exception:
        """Return the exception for an error code."""
        platform, setting = self._platform.name, self._setting
        match meaning:
            case Meaning.WAIT:
                return self._slow_down()
            case Meaning.CLOSED:
                not_allowed = _words().not_allowed
                return self._closed(
                    not_allowed.format(platform=platform, reason=reason, setting=setting)
                )
            case Meaning.UNCLEAR:
                return self._uncertain(address, reason)
            case Meaning.REFUSED:
                refused = _words().refused
                return CardRefused(
                    refused.format(address=address, platform=platform, reason=reason)
                )

    def _reason(self, code: int, content: Mapping[str, Any]) -> str:
        """Return the code and the platform's error message, with our secrets masked."""
        words = str(content.get("errmsg") or content.get("msg") or "")
        for secret in _secrets(self._webhook, self._secret):
            words = words.replace(secret, "***")
        return f"{code} {words[:_LONGEST_REASON]}".strip()

    def _closed(self, sentence: str) -> NotDelivered:
        return ChatClosed(sentence) if self._is_common else CardRefused(sentence)

    def _slow_down(self) -> NotDelivered:
        # The platforms limit each robot separately.
        kind = ChatUnreachable if self._is_common else ChatFailing
        return kind(_words().slow_down.format(platform=self._platform.name))

    def _uncertain(self, address: str, reason: str) -> DeliveryUncertain:
        platform = self._platform.name
        return DeliveryUncertain(
            _words().uncertain.format(address=address, platform=platform, reason=reason)
        )


def _words() -> RobotWords:
    return wording.packaged().robots


def inert(text: str, replaced: Mapping[str, str]) -> str:
    """Return a text without mentions, links and formats: their characters are replaced."""
    return text.translate({ord(sign): harmless for sign, harmless in replaced.items()})


def fitting(text: str, most_bytes: int, *, cut: str) -> str:
    """Return a text within the limit; a long one is cut at a line end, and ends with `cut`."""
    if len(text.encode()) <= most_bytes:
        return text
    room = most_bytes - len(f"\n{cut}".encode())
    start = text.encode()[: room + 1].decode(errors="ignore")
    head = start.rpartition("\n")[0] or start.encode()[:room].decode(errors="ignore")
    return f"{head}\n{cut}"


def _is_valid(webhook: str) -> bool:
    if not _WEB_ADDRESS.fullmatch(webhook):
        return False
    try:
        parts = urlsplit(webhook)
        has_host = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
    return has_host and (parts.scheme == "https" or is_loopback(webhook))


def _secrets(*settings: SecretStr | None) -> tuple[str, ...]:
    """Return all secret texts, the longest first: the settings, and the parts of their URLs."""
    whole = [setting.get_secret_value() for setting in settings if setting is not None]
    parts = [
        part for text in whole for part in re.split(r"[/?&=]", text) if len(part) > len("https:")
    ]
    return tuple(sorted({*whole, *parts} - {""}, key=len, reverse=True))
