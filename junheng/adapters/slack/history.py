"""Slack's history: finds a card in a channel by its key; only a well-formed answer settles it."""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NoReturn

from slack_sdk.errors import SlackApiError

from junheng.adapters.messaging.messenger import (
    ChatClosed,
    ChatFailing,
    ChatUnreachable,
    DeliveryUnknown,
)
from junheng.adapters.outgoing import NotReached
from junheng.adapters.slack.answers import (
    CLOSED_TO_TOKEN,
    closed,
    is_timestamp,
    reason_of,
    receipt,
)
from junheng.adapters.slack.cards import Found, found_in
from junheng.adapters.slack.client import NO_ANSWER, WAIT, SlackClient

PAGE = 200
# More pages than any channel fills in days: a history that goes on has lost its way.
MOST_PAGES = 500
# How wrong our clock may have been when a card was claimed.
CLOCKS_DIFFER_BY = timedelta(days=2)
# A Date header leaves out the fraction of its second.
_FRACTION = timedelta(seconds=1)
_IS_ID = re.compile(r"[CGDUW][A-Z0-9]{6,}")
# We may not look there, today or tomorrow; any other error may pass.
_CLOSED_TO_US = frozenset(
    {
        "access_denied",
        "channel_not_found",
        "ekm_access_denied",
        "enterprise_is_restricted",
        "invalid_types_for_user_token",
        "is_archived",
        "method_deprecated",
        "method_not_supported_for_channel_type",
        "missing_scope",
        "no_permission",
        "not_allowed_token_type",
        "not_in_channel",
        "org_login_required",
        "team_access_not_granted",
        "unknown_method",
        "user_disabled",
        "user_not_found",
        "user_not_visible",
        "users_not_found",
    }
)


class NotAHistory(Exception):
    """We cannot read a history: Slack said ok and left out what belongs to one."""


class SlackHistory:
    """Looks for cards in channels.

    A history may show a message only `lag_seconds` after it was posted.
    """

    def __init__(
        self,
        client: SlackClient,
        *,
        lag_seconds: float,
        wait: Callable[[float], None] | None = None,
        now: Callable[[], float] | None = None,
    ) -> None:
        self._client = client
        self._lag_seconds = lag_seconds
        self._wait, self._now = wait or time.sleep, now or time.monotonic
        self._first_looked_at: float | None = None
        self._ids: dict[str, str] = {}

    def find(self, key: str, address: str, *, since: datetime) -> Found | None:
        """Return a card that was posted after an instant, None where the history lacks it.

        Raises:
            NotDelivered: the history cannot be read now; ask again in a later run.
            DeliveryUnknown: it can never be read.

        """
        try:
            return self._found(key, address, since)
        except SlackApiError as error:
            _raise_unknown(error, address)
        except (NotReached, *NO_ANSWER) as error:
            raise ChatUnreachable(f"连不上 Slack（{error}），下次运行时再核实") from error
        except NotAHistory as error:
            raise ChatFailing(f"Slack 的历史消息读不出来（{error}），下次运行时再核实") from error

    def find_after_lag(self, key: str, address: str, *, since: datetime) -> Found | None:
        """Return a card as `find` does, but never say that a new one is not there too early.

        Its sender has died or given up: what it posted shows a lag after our first look at latest.
        """
        found = self.find(key, address, since=since)
        if found is None and self._may_be_late(since):
            self._wait_out_lag()
            found = self.find(key, address, since=since)
        return found

    def _may_be_late(self, since: datetime) -> bool:
        # No clock of ours proves that a card is old: it may have been set right meanwhile.
        shown = self._client.dated_at
        return shown is None or shown < since + CLOCKS_DIFFER_BY

    def _wait_out_lag(self) -> None:
        looked_at = self._now()
        if self._first_looked_at is None:
            self._first_looked_at = looked_at
        rest = self._first_looked_at + self._lag_seconds - looked_at
        if rest > 0:
            self._wait(rest)

    def _found(self, key: str, address: str, since: datetime) -> Found | None:
        try:
            return self._in_channel(key, self._ids.get(address, address), since)
        except SlackApiError as error:
            # A card may be sent to a name; history asks for the id behind it.
            if reason_of(error) != "channel_not_found" or address in self._ids:
                raise
        self._ids[address] = self._id_of(address)
        return self._in_channel(key, self._ids[address], since)

    def _in_channel(self, key: str, channel: str, since: datetime) -> Found | None:
        oldest = since - CLOCKS_DIFFER_BY
        found = self._after(key, channel, oldest)
        shown = self._client.dated_at
        if found is None and shown is not None and shown + _FRACTION < since:
            # Our clock was ahead: the card may be older than the claim says.
            return self._after(key, channel, shown - CLOCKS_DIFFER_BY)
        return found

    def _after(self, key: str, channel: str, oldest: datetime) -> Found | None:
        pages = self._client.conversations_history(
            channel=channel,
            include_all_metadata=True,
            oldest=f"{oldest.timestamp():.6f}",
            limit=PAGE,
        )
        for message in _listed(pages, "messages"):
            digest = found_in(message, key)
            if digest is not None:
                return Found(_receipt(channel, message), digest)
        return None

    def _id_of(self, address: str) -> str:
        if _IS_ID.fullmatch(address):
            opened = self._client.conversations_open(users=address).get("channel")
            number = opened.get("id") if isinstance(opened, Mapping) else None
        else:
            pages = self._client.conversations_list(
                types="public_channel,private_channel", limit=PAGE
            )
            names = {one.get("name"): one.get("id") for one in _listed(pages, "channels")}
            if address.removeprefix("#") not in names:
                raise DeliveryUnknown(_unknown(address, "channel_not_found"))
            number = names[address.removeprefix("#")]
        if not isinstance(number, str):
            raise NotAHistory("没有频道编号")
        return number


def _receipt(channel: str, message: Mapping[str, Any]) -> str:
    ts = message.get("ts")
    if not is_timestamp(ts):
        raise NotAHistory("消息没有时间")
    return receipt(channel, ts)


def _listed(pages: Any, name: str) -> Iterator[Mapping[str, Any]]:
    """Walk over what all pages list; a page that lacks its list or its successor is no answer."""
    for number, page in enumerate(pages):
        listed, meta = page.get(name), page.get("response_metadata") or {}
        if not isinstance(listed, list) or not all(isinstance(one, Mapping) for one in listed):
            raise NotAHistory(f"没有 {name}")
        if not isinstance(meta, Mapping) or (page.get("has_more") and not meta.get("next_cursor")):
            raise NotAHistory("后面的页查不到")
        if number == MOST_PAGES:
            raise NotAHistory("没有尽头")
        yield from listed


def _unknown(address: str, reason: str) -> str:
    return (
        f"查不到 {address} 的历史消息（{reason}），不能确定卡片是否送达，不再重发："
        f"请到该频道查看，没有的请人工转发；要能自动核实，请给应用加上 channels:history、"
        f"groups:history、channels:read 权限"
    )


def _raise_unknown(error: SlackApiError, address: str) -> NoReturn:
    reason = reason_of(error)
    if reason in CLOSED_TO_TOKEN:
        raise ChatClosed(closed(reason)) from error
    if reason in _CLOSED_TO_US:
        raise DeliveryUnknown(_unknown(address, reason)) from error
    if reason in WAIT:
        raise ChatUnreachable("Slack 要求放慢，下次运行时再核实") from error
    raise ChatFailing(f"Slack 暂时出错（{reason}），下次运行时再核实") from error
