"""Slack: sends cards through the real client, and looks in a channel's history for its own."""

import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NoReturn
from uuid import NAMESPACE_URL, uuid5

from slack_sdk.errors import SlackApiError

from junheng.adapters.messaging.messenger import (
    CardRefused,
    ChatClosed,
    ChatFailing,
    ChatUnreachable,
    DeliveryUncertain,
    DeliveryUnknown,
)
from junheng.adapters.messaging.pacing import Pace, Turns
from junheng.adapters.outgoing import SERVER_ERRORS, TOO_MANY_REQUESTS, NotReached
from junheng.adapters.slack import blocks
from junheng.adapters.slack.client import (
    LONGEST_WAIT_SECONDS,
    NO_ANSWER,
    RETRIES,
    WAIT,
    SlackClient,
    retries,
    sending_retries,
)
from junheng.domain.chat.buttons import Button
from junheng.domain.office_days import Clock

EVENT_TYPE = "junheng_card"
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
PASSING = frozenset({"service_unavailable", "request_timeout", "team_added_to_org"})
# Slack: "it's possible some aspect of the operation succeeded before the error was raised".
UNCLEAR = frozenset({"internal_error", "fatal_error"})
_SERVER_SAYS_NO = frozenset({500, 503})
_LONGEST_REASON = 80
# From a claim to the last try that Slack may have taken: waits that it asked for, and silences.
_LONGEST_SENDING = timedelta(seconds=RETRIES * LONGEST_WAIT_SECONDS + (RETRIES + 1) * 15)
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
        self._sender, self._reader = (
            SlackClient(
                base_url, token=token, timeout_seconds=timeout_seconds, retry_handlers=handlers
            )
            for handlers in (sending_retries(), retries())
        )

    def send(self, *, key: str, address: str, text: str, buttons: tuple[Button, ...] = ()) -> str:
        self._check()
        self._turns[address].take()
        try:
            response = self._sender.chat_postMessage(
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
        except NotReached as error:
            raise ChatUnreachable(f"连不上 Slack（{error}），下次运行时再发") from error
        except NO_ANSWER as error:
            # The request went out, and what came back says nothing of the card.
            raise DeliveryUncertain(
                f"发往 {address} 时 Slack 没有答复（{error}），下次运行时先核实再决定是否重发"
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
        except (NotReached, *NO_ANSWER) as error:
            raise ChatUnreachable(f"连不上 Slack（{error}），下次运行时再核实") from error

    def _in_history(self, key: str, channel: str, since: datetime) -> str | None:
        pages = self._reader.conversations_history(
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
            opened = self._reader.conversations_open(users=address)
            return str((opened.get("channel") or {}).get("id"))
        pages = self._reader.conversations_list(types="public_channel,private_channel", limit=PAGE)
        for channel in _listed(pages, "channels", address):
            if channel.get("name") == address.removeprefix("#"):
                return str(channel.get("id"))
        raise DeliveryUnknown(_unknown(address, "channel_not_found"))


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
