"""Robots: cards for a group's robot, whose webhook takes each and answers by a code in the body."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from http.client import HTTPException
from typing import Any, NoReturn
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import HTTPErrorProcessor, OpenerDirector, Request, build_opener

from pydantic import SecretStr

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
from junheng.adapters.messaging.pacing import Pace, Turns
from junheng.domain.chat.buttons import Button
from junheng.domain.office_days import Clock

_WEB_ADDRESS = re.compile(r"https?://[!-~]+")
_OK, _REDIRECTS, _TOO_MANY_REQUESTS, _SERVER_ERRORS = 200, 300, 429, 500
_LONGEST_ANSWER = 65536
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
    name: str
    webhook_setting: str
    most_bytes: int
    paces: tuple[Pace, ...]
    inert: Mapping[str, str]
    meanings: Mapping[int, Meaning]
    code_of: Callable[[Mapping[str, Any]], object]
    call: Callable[[str, str | None, str, float], Call]


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
        request = self._request(text)
        self._turns.take()
        status, body = self._answer(request, address)
        self._judge(status, body, address)
        return f"{self.channel}:{key}"

    def was_delivered(self, *, key: str, address: str, since: datetime) -> str | None:
        del key, since
        raise DeliveryUnknown(
            f"{self._platform.name}机器人不能查询已发的消息，"
            f"不能确定发往 {address} 的卡片是否送达，不再重发：请到群里查看，没有的请人工转发"
        )

    def _request(self, text: str) -> Request:
        webhook = self._webhook.get_secret_value() if self._webhook is not None else ""
        secret = self._secret.get_secret_value() if self._secret is not None else None
        if not _may_be_called(webhook):
            raise self._closed(
                f"{self._platform.name}机器人的地址没有设置或不完整："
                f"请检查 {self._setting}，应为以 https:// 开头的完整地址"
            )
        shown = fitting(inert(text, self._platform.inert), self._platform.most_bytes, cut=self._cut)
        call = self._platform.call(webhook, secret, shown, self._clock().timestamp())
        return Request(  # noqa: S310 - held to https, or to this machine, just above
            call.url,
            data=json.dumps(call.body, ensure_ascii=False).encode(),
            headers={"Content-Type": "application/json; charset=utf-8"},
        )

    def _answer(self, request: Request, address: str) -> tuple[int, bytes]:
        """Return status and body; what goes wrong on the way is said without the address."""
        try:
            with _opener().open(request, timeout=self._timeout_seconds) as response:
                return response.status, response.read(_LONGEST_ANSWER)
        except URLError as error:
            # Nothing that was whole is out: urllib says so only of connecting and of sending.
            trouble: Exception = ChatUnreachable(
                f"连不上{self._platform.name}（{_kind(error.reason)}），下次运行时再发"
            )
        except (OSError, HTTPException) as error:
            trouble = self._uncertain(address, f"没有答复，{_kind(error)}")
        # Out here the client's own error, which may hold the webhook, is no longer its context.
        raise trouble

    def _judge(self, status: int, body: bytes, address: str) -> None:
        said = _said(body)
        code = self._platform.code_of(said)
        if not isinstance(code, int) or isinstance(code, bool):
            self._raise_for_status(status, address)
        if code == 0 and status == _OK:
            return
        if code == 0:
            raise self._uncertain(address, str(status))
        if status == _TOO_MANY_REQUESTS:
            raise self._slow_down()
        reason = self._told(code, said)
        unheard_of = Meaning.UNCLEAR if status >= _SERVER_ERRORS else Meaning.REFUSED
        match self._platform.meanings.get(code, unheard_of):
            case Meaning.WAIT:
                raise self._slow_down()
            case Meaning.CLOSED:
                raise self._closed(
                    f"{self._platform.name}不允许本系统发送（{reason}）：{self._mend()}"
                )
            case Meaning.UNCLEAR:
                raise self._uncertain(address, reason)
            case Meaning.REFUSED:
                raise CardRefused(
                    f"发往 {address} 被{self._platform.name}拒绝（{reason}）："
                    f"请核对卡片内容和机器人设置"
                )

    def _raise_for_status(self, status: int, address: str) -> NoReturn:
        if status == _TOO_MANY_REQUESTS:
            raise self._slow_down()
        if _REDIRECTS <= status < _SERVER_ERRORS:
            raise self._closed(
                f"{self._platform.name}机器人的地址不可用（HTTP {status}）：{self._mend()}"
            )
        # No platform promises that its own failure left nothing behind.
        raise self._uncertain(address, f"HTTP {status}")

    def _told(self, code: int, said: Mapping[str, Any]) -> str:
        """Return the code and the platform's own words for it, without any of our secrets."""
        words = str(said.get("errmsg") or said.get("msg") or "")
        for secret in _secrets(self._webhook, self._secret):
            words = words.replace(secret, "***")
        return f"{code} {words[:_LONGEST_REASON]}".strip()

    def _mend(self) -> str:
        return f"请检查 {self._setting} 和机器人的安全设置（加签、关键词、IP 白名单）"

    def _closed(self, said: str) -> NotDelivered:
        return ChatClosed(said) if self._is_common else CardRefused(said)

    def _slow_down(self) -> NotDelivered:
        # The platforms count each robot's messages by themselves.
        kind = ChatUnreachable if self._is_common else ChatFailing
        return kind(f"{self._platform.name}要求放慢发送，下次运行时再发")

    def _uncertain(self, address: str, why: str) -> DeliveryUncertain:
        return DeliveryUncertain(
            f"发往 {address} 时{self._platform.name}没有给出明确结果（{why}），不能确定是否送达"
        )


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


class _AnyStatus(HTTPErrorProcessor):
    """Hands every answer on as it is: no redirect is followed with the robot's secret in hand."""

    def http_response(self, request: Request, response: Any) -> Any:
        del request
        return response

    https_response = http_response


def _opener() -> OpenerDirector:
    return build_opener(_AnyStatus)


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


def _said(body: bytes) -> Mapping[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _kind(error: object) -> str:
    unknown = str(getattr(error, "strerror", None) or type(error).__name__)
    return unreachable.why(error, unknown=unknown)
