"""Slack's history: finds a card in a channel by its key; only a complete answer counts."""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NoReturn

from slack_sdk.errors import SlackApiError

from junheng import wording
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
# No channel has so many pages within days: more of them are treated as an endless loop.
MOST_PAGES = 500
# How far our clock may have been off when a card was claimed.
CLOCKS_DIFFER_BY = timedelta(days=2)
# A Date header has whole seconds.
_FRACTION = timedelta(seconds=1)
_IS_ID = re.compile(r"[CGDUW][A-Z0-9]{6,}")
# Permanent errors; other errors may be transient.
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
    """We cannot read a history: Slack said ok, but the answer is incomplete."""


class SlackHistory:
    """Searches channels for cards.

    The history may show a message only `lag_seconds` after it was posted.
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
        self._first_searched_at: float | None = None
        self._ids: dict[str, str] = {}

    def find(self, key: str, address: str, *, since: datetime) -> Found | None:
        """Return a card that was posted after an instant; None if the history lacks it.

        Raises:
            NotDelivered: the history cannot be read now; a later run may succeed.
            DeliveryUnknown: the history can never be read.

        """
        words = wording.packaged().slack.search
        try:
            return self._found(key, address, since)
        except SlackApiError as error:
            _raise_unknown(error, address)
        except (NotReached, *NO_ANSWER) as error:
            raise ChatUnreachable(words.unreachable.format(reason=error)) from error
        except NotAHistory as error:
            raise ChatFailing(words.unreadable.format(reason=error)) from error

    def find_after_lag(self, key: str, address: str, *, since: datetime) -> Found | None:
        """Return a card as `find` does; if a new one is missing, wait for the lag and search again.

        The sender of the card has ended, so a posted card is visible at latest one lag after the
        first search of this run.
        """
        found = self.find(key, address, since=since)
        if found is None and self._may_be_late(since):
            self._wait_out_lag()
            found = self.find(key, address, since=since)
        return found

    def _may_be_late(self, since: datetime) -> bool:
        # Our clock does not prove that a card is old: it may have been corrected since the claim.
        slack_time = self._client.dated_at
        return slack_time is None or slack_time < since + CLOCKS_DIFFER_BY

    def _wait_out_lag(self) -> None:
        searched_at = self._now()
        if self._first_searched_at is None:
            self._first_searched_at = searched_at
        rest = self._first_searched_at + self._lag_seconds - searched_at
        if rest > 0:
            self._wait(rest)

    def _found(self, key: str, address: str, since: datetime) -> Found | None:
        try:
            return self._in_channel(key, self._ids.get(address, address), since)
        except SlackApiError as error:
            # A card may be sent to a name, but the history needs the id of the channel.
            if reason_of(error) != "channel_not_found" or address in self._ids:
                raise
        self._ids[address] = self._id_of(address)
        return self._in_channel(key, self._ids[address], since)

    def _in_channel(self, key: str, channel: str, since: datetime) -> Found | None:
        oldest = since - CLOCKS_DIFFER_BY
        found = self._after(key, channel, oldest)
        slack_time = self._client.dated_at
        if found is None and slack_time is not None and slack_time + _FRACTION < since:
            # Our clock was ahead: the card may be older than its claim.
            return self._after(key, channel, slack_time - CLOCKS_DIFFER_BY)
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
            channel_id = opened.get("id") if isinstance(opened, Mapping) else None
        else:
            pages = self._client.conversations_list(
                types="public_channel,private_channel", limit=PAGE
            )
            channels = _listed(pages, "channels")
            names = {channel.get("name"): channel.get("id") for channel in channels}
            if address.removeprefix("#") not in names:
                raise _not_allowed(address, "channel_not_found")
            channel_id = names[address.removeprefix("#")]
        if not isinstance(channel_id, str):
            raise NotAHistory(wording.packaged().slack.answers.no_channel)
        return channel_id


def _receipt(channel: str, message: Mapping[str, Any]) -> str:
    ts = message.get("ts")
    if not is_timestamp(ts):
        raise NotAHistory(wording.packaged().slack.answers.no_timestamp_in_history)
    return receipt(channel, ts)


def _listed(pages: Any, name: str) -> Iterator[Mapping[str, Any]]:
    """Yield the elements of all pages; raises NotAHistory if a page is incomplete."""
    words = wording.packaged().slack.answers
    for number, page in enumerate(pages):
        listed, meta = page.get(name), page.get("response_metadata") or {}
        if not isinstance(listed, list) or not all(
            isinstance(element, Mapping) for element in listed
        ):
            raise NotAHistory(words.no_list.format(name=name))
        if not isinstance(meta, Mapping) or (page.get("has_more") and not meta.get("next_cursor")):
            raise NotAHistory(words.no_next_page)
        if number == MOST_PAGES:
            raise NotAHistory(words.endless)
        yield from listed


def _not_allowed(address: str, reason: str) -> DeliveryUnknown:
    not_allowed = wording.packaged().slack.search.not_allowed
    return DeliveryUnknown(not_allowed.format(address=address, reason=reason))


def _raise_unknown(error: SlackApiError, address: str) -> NoReturn:
    reason, words = reason_of(error), wording.packaged().slack.search
    if reason in CLOSED_TO_TOKEN:
        raise ChatClosed(closed(reason)) from error
    if reason in _CLOSED_TO_US:
        raise _not_allowed(address, reason) from error
    if reason in WAIT:
        raise ChatUnreachable(words.slow_down) from error
    raise ChatFailing(words.failing.format(reason=reason)) from error
