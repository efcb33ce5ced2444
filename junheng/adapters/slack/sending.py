"""Slack: sends cards through the real client, and looks in a channel's history for its own."""

import logging
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from http.client import HTTPException
from typing import Any, NoReturn
from urllib.error import URLError
from uuid import NAMESPACE_URL, uuid5

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry import HttpRequest, HttpResponse, RetryHandler, RetryState
from slack_sdk.http_retry.builtin_handlers import (
    ConnectionErrorRetryHandler,
    RateLimitErrorRetryHandler,
    ServerErrorRetryHandler,
)

from junheng.adapters.messaging import unreachable
from junheng.adapters.messaging.messenger import (
    CardRefused,
    ChatClosed,
    ChatFailing,
    ChatUnreachable,
    DeliveryUncertain,
    DeliveryUnknown,
)
from junheng.adapters.messaging.pacing import Pace, Turns
from junheng.adapters.slack import blocks
from junheng.domain.chat.buttons import Button
from junheng.domain.office_days import Clock

EVENT_TYPE = "junheng_card"
RETRIES = 2
PAGE = 200
# Our clock and Slack's need not agree.
CLOCKS_DIFFER_BY = timedelta(minutes=10)
# https://docs.slack.dev/apis/web-api/rate-limits: one message a second in each channel.
PACE = Pace(1, 1.0)

_MEND_LOGIN = "请检查 JUNHENG_SLACK_TOKEN 是否正确、是否已被停用"
_MEND_RIGHTS = "请在 Slack 应用的 OAuth & Permissions 中补上权限，并重新安装应用"
_NOT_LET_IN = {
    "invalid_auth": _MEND_LOGIN,
    "not_authed": _MEND_LOGIN,
    "account_inactive": _MEND_LOGIN,
    "token_expired": _MEND_LOGIN,
    "token_revoked": _MEND_LOGIN,
}
_NOT_ALLOWED = {
    "no_permission": _MEND_RIGHTS,
    "missing_scope": _MEND_RIGHTS,
    "not_allowed_token_type": "请改用以 xoxb- 开头的机器人令牌（JUNHENG_SLACK_TOKEN）",
    "ekm_access_denied": "请联系 Slack 工作区管理员",
    "access_denied": "请联系 Slack 工作区管理员",
    "org_login_required": "请联系 Slack 工作区管理员",
}
_REFUSED = {
    "channel_not_found": "没有这个频道，或机器人看不到它：请核对 contacts.yaml，并邀请机器人进入",
    "not_in_channel": "机器人不在这个频道里：请在频道中输入 /invite 邀请它",
    "is_archived": "这个频道已归档：请在 contacts.yaml 中换一个频道",
    "restricted_action": "工作区不允许机器人在这个频道发言：请联系 Slack 工作区管理员",
    "user_not_found": "没有这个收件人：请核对 contacts.yaml",
}
CLOSED = _NOT_LET_IN | _NOT_ALLOWED
WAIT = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
PASSING = frozenset({"service_unavailable", "request_timeout", "team_added_to_org"})
# Slack: "it's possible some aspect of the operation succeeded before the error was raised".
UNCLEAR = frozenset({"internal_error", "fatal_error"})
TOO_MANY_REQUESTS = 429
_SERVER_SAYS_NO = frozenset({500, 503})
SERVER_ERRORS = 500
_LONGEST_WAIT_SECONDS = 60
_LONGEST_REASON = 80
# From a claim to the last try that Slack may have taken: waits that it asked for, and silences.
_LONGEST_SENDING = timedelta(seconds=RETRIES * _LONGEST_WAIT_SECONDS + (RETRIES + 1) * 15)
NO_ANSWER = (OSError, HTTPException, ValueError)
IS_TOKEN = re.compile(r"[!-~]+")
_IS_ID = re.compile(r"[CGDUW][A-Z0-9]{6,}")


class SlackMessenger:
    """Sends cards by `chat.postMessage`; each carries its key, so that history can tell of it."""

    channel = "slack"

    def __init__(
        self,
        token: str,
        base_url: str | None = None,
        *,
        clock: Clock,
        timeout_seconds: int = 15,
        seconds_on_the_way: float = 5.0,
        wait: Callable[[float], None] | None = None,
        now: Callable[[], float] | None = None,
    ) -> None:
        # The client would quote a token that no header can carry, in an error of its own.
        self._has_token = IS_TOKEN.fullmatch(token) is not None
        self._turns = defaultdict[str, Turns](lambda: Turns((PACE,), wait=wait, now=now))
        self._clock = clock
        self._on_the_way = timedelta(seconds=seconds_on_the_way)
        self._client = WebClient(
            token=token,
            base_url=base_url or WebClient.BASE_URL,
            timeout=timeout_seconds,
            retry_handlers=retry_handlers(),
            logger=silent(),
        )
        # The client would take any proxy variable for every address; without one of its own,
        # urllib also heeds NO_PROXY.
        self._client.proxy = None

    def send(self, *, key: str, address: str, text: str, buttons: tuple[Button, ...] = ()) -> str:
        self._check()
        self._turns[address].take()
        try:
            response = self._client.chat_postMessage(
                channel=address,
                # What a notification shows; the card itself stands in its blocks.
                text=blocks.escaped(text),
                blocks=blocks.card(text, buttons=buttons),
                mrkdwn=False,
                unfurl_links=False,
                unfurl_media=False,
                metadata=metadata_of(key),
                # Slack promises nothing of it, but where it is heeded it stops a second copy.
                client_msg_id=_message_id(key),
            )
        except SlackApiError as error:
            _raise_refusal(error, address)
        except URLError as error:
            raise ChatUnreachable(
                f"连不上 Slack（{unreachable.why(error.reason)}），下次运行时再发"
            ) from error
        except NO_ANSWER as error:
            # The request went out and no answer came: a timeout, or a connection that broke.
            raise DeliveryUncertain(
                f"发往 {address} 时 Slack 没有答复（{_why(error)}），下次运行时先核实再决定是否重发"
            ) from error
        return _receipt(response.get("channel") or address, response.get("ts"))

    def was_delivered(self, *, key: str, address: str, since: datetime) -> str | None:
        self._check()
        receipt = self._found(key, address, since)
        may_be_new = self._clock() < since + _LONGEST_SENDING + self._on_the_way
        if receipt is None and may_be_new:
            # The sender may have died just now, however long Slack had let it wait before: what it
            # asked last may still be on the way.
            time.sleep(self._on_the_way.total_seconds())
            receipt = self._found(key, address, since)
        return receipt

    def _check(self) -> None:
        if not self._has_token:
            raise ChatClosed(f"Slack 的令牌没有设置，或含有空格、换行等字符：{_MEND_LOGIN}")

    def _found(self, key: str, address: str, since: datetime) -> str | None:
        try:
            try:
                return self._in_history(key, address, since)
            except SlackApiError as error:
                # A card may be sent to a name; history asks for the id behind it.
                if error.response.get("error") != "channel_not_found":
                    raise
                return self._in_history(key, self._id_of(address), since)
        except SlackApiError as error:
            _raise_unknown(error, address)
        except NO_ANSWER as error:
            raise ChatUnreachable(f"连不上 Slack（{_why(error)}），下次运行时再核实") from error

    def _in_history(self, key: str, channel: str, since: datetime) -> str | None:
        pages = self._client.conversations_history(
            channel=channel,
            include_all_metadata=True,
            oldest=f"{(since - CLOCKS_DIFFER_BY).timestamp():.6f}",
            limit=PAGE,
        )
        for message in _listed(pages, "messages", channel):
            if _is_card(message, key):
                return _receipt(channel, message.get("ts"))
        return None

    def _id_of(self, address: str) -> str:
        if _IS_ID.fullmatch(address):
            opened = self._client.conversations_open(users=address)
            return str((opened.get("channel") or {}).get("id"))
        pages = self._client.conversations_list(types="public_channel,private_channel", limit=PAGE)
        for channel in _listed(pages, "channels", address):
            if channel.get("name") == address.removeprefix("#"):
                return str(channel.get("id"))
        raise DeliveryUnknown(_unknown(address, "channel_not_found"))


class _ShortWaits(RateLimitErrorRetryHandler):
    """Waits as long as Slack asks, but leaves a long wait to the next run."""

    def _can_retry(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        del state, request, error
        if response is None or response.status_code != TOO_MANY_REQUESTS:
            return False
        # Slack's own proxies write the header's name in small letters.
        named = {name.lower(): value for name, value in response.headers.items()}
        asked = "".join(named.get("retry-after", "1"))
        return asked.isdecimal() and int(asked) <= _LONGEST_WAIT_SECONDS


def retry_handlers() -> list[RetryHandler]:
    return [
        # Only what failed before the request was out: anything later may have arrived.
        ConnectionErrorRetryHandler(max_retry_count=RETRIES, error_types=[URLError]),
        _ShortWaits(max_retry_count=RETRIES),
        # 500 and 503 are Slack's own word that nothing was done.
        ServerErrorRetryHandler(max_retry_count=RETRIES),
    ]


def silent() -> logging.Logger:
    """Return a logger that says nothing: what went wrong is said by our exceptions."""
    logger = logging.getLogger("junheng.slack")
    logger.setLevel(logging.CRITICAL)
    return logger


def metadata_of(key: str) -> dict[str, Any]:
    """Return what a card carries unseen, so that it can be told in a channel's history."""
    return {"event_type": EVENT_TYPE, "event_payload": {"key": key}}


def _message_id(key: str) -> str:
    return str(uuid5(NAMESPACE_URL, key))


def _is_card(message: Mapping[str, Any], key: str) -> bool:
    payload = (message.get("metadata") or {}).get("event_payload") or {}
    return payload.get("key") == key or message.get("client_msg_id") == _message_id(key)


def _receipt(channel: object, ts: object) -> str:
    return f"{channel}:{ts}"


def _listed(pages: Any, name: str, channel: str) -> Iterator[Mapping[str, Any]]:
    for page in pages:
        if not isinstance(page.get(name), list):
            raise DeliveryUnknown(_unknown(channel, "no_history"))
        yield from page[name]


def _unknown(address: str, reason: str) -> str:
    return (
        f"查不到 {address} 的历史消息（{reason}），不能确定卡片是否送达，不再重发："
        f"请到该频道查看，没有的请人工转发；要能自动核实，请给应用加上 channels:history、"
        f"groups:history、channels:read 权限"
    )


def closed(reason: str) -> str:
    return f"Slack 不允许本系统发送（{reason}）：{CLOSED[reason]}"


def reason_and_status(error: SlackApiError) -> tuple[str, int]:
    return str(error.response.get("error"))[:_LONGEST_REASON], error.response.status_code


def _raise_refusal(error: SlackApiError, address: str) -> NoReturn:
    reason, status = reason_and_status(error)
    if reason in WAIT or status == TOO_MANY_REQUESTS:
        raise ChatUnreachable("Slack 要求放慢发送，下次运行时再发") from error
    if reason in CLOSED:
        raise ChatClosed(closed(reason)) from error
    if reason in PASSING or status in _SERVER_SAYS_NO:
        raise ChatFailing(f"Slack 暂时出错（{status}），下次运行时再发") from error
    if reason in UNCLEAR or status >= SERVER_ERRORS:
        raise DeliveryUncertain(
            f"发往 {address} 时 Slack 出错（{status} {reason}），下次运行时先核实再决定是否重发"
        ) from error
    advice = _REFUSED.get(reason, "请核对 contacts.yaml 中的地址")
    raise CardRefused(f"发往 {address} 被 Slack 拒绝（{reason}）：{advice}") from error


def _raise_unknown(error: SlackApiError, address: str) -> NoReturn:
    reason, status = reason_and_status(error)
    if reason in _NOT_LET_IN:
        raise ChatClosed(closed(reason)) from error
    if reason in WAIT | PASSING | UNCLEAR or status == TOO_MANY_REQUESTS or status >= SERVER_ERRORS:
        raise ChatFailing(f"Slack 暂时出错（{status}），下次运行时再核实") from error
    raise DeliveryUnknown(_unknown(address, reason)) from error


def _why(error: Exception) -> str:
    return unreachable.why(error.reason if isinstance(error, URLError) else error)
