"""Robots: cards for a group's robot, whose webhook takes each and answers by a code in the body."""

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
    """What a code other than 0 says of a card that a robot was given."""

    WAIT = "wait"
    CLOSED = "closed"
    REFUSED = "refused"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Call:
    """Where one card is posted, and what."""

    url: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Platform:
    """What tells one platform's robots from another's.

    `call` makes the call out of webhook, signing secret, text and the moment in seconds.
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
        """Return the platform's name, as people read it."""
        return wording.packaged().channels.names.of(self.channel)


class RobotMessenger:
    """Posts cards to one robot; delivered is what the platform's own code says is delivered.

    `cut` is what a card ends with that is too long for the platform. A robot of a group of its
    own, named by `setting`, is only its group's trouble: the others of the platform go on.
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
        self._judge(self._answer(call, address), address)
        return f"{self.channel}:{key}"

    def was_delivered(self, *, key: str, address: str, since: datetime) -> str | None:
        del key, since
        raise DeliveryUnknown(
            _words().unknown.format(platform=self._platform.name, address=address)
        )

    def _call(self, text: str) -> Call:
        webhook = self._webhook.get_secret_value() if self._webhook is not None else ""
        secret = self._secret.get_secret_value() if self._secret is not None else None
        if not _may_be_called(webhook):
            no_webhook = _words().no_webhook
            raise self._closed(
                no_webhook.format(platform=self._platform.name, setting=self._setting)
            )
        shown = fitting(inert(text, self._platform.inert), self._platform.most_bytes, cut=self._cut)
        return self._platform.call(webhook, secret, shown, self._clock().timestamp())

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

    def _judge(self, answer: outgoing.Answer, address: str) -> None:
        status, said = answer.status, answer.json_object or {}
        code = self._platform.code_of(said)
        if not isinstance(code, int) or isinstance(code, bool):
            # Not an answer of the platform, but a redirect, or a page of a proxy.
            not_the_platforms = _words().not_the_platforms
            raise self._uncertain(
                address, not_the_platforms.format(status=status, setting=self._setting)
            )
        if code == 0 and status == outgoing.OK:
            return
        if code == 0:
            raise self._uncertain(address, f"HTTP {status}")
        reason = self._told(code, said)
        # After a code that is not listed, the card may have arrived.
        raise self._failure(self._platform.meanings.get(code, Meaning.UNCLEAR), reason, address)

    def _failure(self, meaning: Meaning, reason: str, address: str) -> Exception:
        """Return the exception for a card that a robot did not take with code 0."""
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

    def _told(self, code: int, said: Mapping[str, Any]) -> str:
        """Return the code and the platform's own words for it, without any of our secrets."""
        words = str(said.get("errmsg") or said.get("msg") or "")
        for secret in _secrets(self._webhook, self._secret):
            words = words.replace(secret, "***")
        return f"{code} {words[:_LONGEST_REASON]}".strip()

    def _closed(self, said: str) -> NotDelivered:
        return ChatClosed(said) if self._is_common else CardRefused(said)

    def _slow_down(self) -> NotDelivered:
        # The platforms count each robot's messages by themselves.
        kind = ChatUnreachable if self._is_common else ChatFailing
        return kind(_words().slow_down.format(platform=self._platform.name))

    def _uncertain(self, address: str, why: str) -> DeliveryUncertain:
        platform = self._platform.name
        return DeliveryUncertain(
            _words().uncertain.format(address=address, platform=platform, reason=why)
        )


def _words() -> RobotWords:
    return wording.packaged().robots


def inert(text: str, replaced: Mapping[str, str]) -> str:
    """Return a text in which no sign calls people, links or formats: each has its wide form."""
    return text.translate({ord(sign): wide for sign, wide in replaced.items()})


def fitting(text: str, most_bytes: int, *, cut: str) -> str:
    """Return a text that fits, cut after a whole line and then saying so."""
    if len(text.encode()) <= most_bytes:
        return text
    room = most_bytes - len(f"\n{cut}".encode())
    kept = text.encode()[: room + 1].decode(errors="ignore")
    head = kept.rpartition("\n")[0] or kept.encode()[:room].decode(errors="ignore")
    return f"{head}\n{cut}"


def _may_be_called(webhook: str) -> bool:
    if not _WEB_ADDRESS.fullmatch(webhook):
        return False
    try:
        parts = urlsplit(webhook)
        has_host = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
    return has_host and (parts.scheme == "https" or is_loopback(webhook))


def _secrets(*kept: SecretStr | None) -> tuple[str, ...]:
    """Return every text that gives a robot away: a webhook whole, its query and its last part."""
    whole = [one.get_secret_value() for one in kept if one is not None]
    parts = [
        part for one in whole for part in re.split(r"[/?&=]", one) if len(part) > len("https:")
    ]
    return tuple(sorted({*whole, *parts} - {""}, key=len, reverse=True))
