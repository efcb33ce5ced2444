"""Slack: posts cards through the real client, each once by its key."""

import re
from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, time

from slack_sdk.errors import SlackApiError

from junheng.adapters.messaging.messenger import (
    ChatClosed,
    ChatUnreachable,
    DeliveryUncertain,
    DeliveryUnknown,
)
from junheng.adapters.messaging.pacing import Pace, Turns
from junheng.adapters.outgoing import NotReached
from junheng.adapters.slack import blocks, cards
from junheng.adapters.slack.answers import MEND_LOGIN, is_timestamp, raise_refusal, receipt
from junheng.adapters.slack.client import NO_ANSWER, SlackClient, retries, sending_retries
from junheng.adapters.slack.history import SlackHistory
from junheng.domain.chat.buttons import Button
from junheng.domain.office_days import OFFICE_ZONE

# https://docs.slack.dev/apis/web-api/rate-limits: one message a second in each channel.
PACE = Pace(1, 1.0)
IS_TOKEN = re.compile(r"[!-~]+")


class SlackMessenger:
    """Sends cards by `chat.postMessage`; each carries its key, so that history can tell of it."""

    channel = "slack"

    def __init__(
        self,
        token: str,
        base_url: str | None = None,
        *,
        timeout_seconds: int = 15,
        lag_seconds: float = 90.0,
        wait: Callable[[float], None] | None = None,
        now: Callable[[], float] | None = None,
    ) -> None:
        # The client would quote a token that no header can carry, in an error of its own.
        self._has_token = IS_TOKEN.fullmatch(token) is not None
        self._turns = defaultdict[str, Turns](lambda: Turns((PACE,), wait=wait, now=now))
        self._sender, reader = (
            SlackClient(
                base_url, token=token, timeout_seconds=timeout_seconds, retry_handlers=handlers
            )
            for handlers in (sending_retries(), retries())
        )
        self._history = SlackHistory(reader, lag_seconds=lag_seconds, wait=wait, now=now)

    def send(self, *, key: str, address: str, text: str, buttons: tuple[Button, ...] = ()) -> str:
        """Post a card, or return the receipt of the one that is there.

        The database may be an older one that was put back: it does not know of what it sent since.
        """
        self._check()
        there = self._there(key, address, text)
        if there is not None:
            return there
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
                metadata=cards.metadata_of(key, text),
                # Slack promises nothing of it, but where it is heeded it stops a second copy.
                client_msg_id=cards.message_id(key),
            )
        except SlackApiError as error:
            raise_refusal(error, address)
        except NotReached as error:
            raise ChatUnreachable(f"连不上 Slack（{error}），下次运行时再发") from error
        except NO_ANSWER as error:
            # The request went out, and what came back says nothing of the card.
            raise _uncertain(address, str(error)) from error
        channel, ts = response.get("channel") or address, response.get("ts")
        if not is_timestamp(ts) or not isinstance(channel, str):
            raise _uncertain(address, "答复里没有消息的时间")
        return receipt(channel, ts)

    def was_delivered(self, *, key: str, address: str, since: datetime) -> str | None:
        self._check()
        found = self._history.find_after_lag(key, address, since=since)
        return None if found is None else found.receipt

    def _there(self, key: str, address: str, text: str) -> str | None:
        """Return the receipt of a card that a history shows already, None where it shows none.

        Raises:
            DeliveryUnknown: the card of that day is there and tells something else.

        """
        try:
            found = self._history.find(key, address, since=_first_moment(key))
        except DeliveryUnknown:
            # We may not look: then we send what was never tried, as far as the database knows.
            return None
        if found is not None and not found.tells(text):
            raise DeliveryUnknown(
                f"{address} 里已有同一天的卡片，内容与现在的不同，没有再发："
                f"请到该频道查看，缺少的内容请人工转告"
            )
        return None if found is None else found.receipt

    def _check(self) -> None:
        if not self._has_token:
            raise ChatClosed(f"Slack 的令牌没有设置，或含有空格、换行等字符：{MEND_LOGIN}")


def _first_moment(key: str) -> datetime:
    """Return when the day began that a card is planned on: before, nobody sent it."""
    _, day, _ = key.split(":", 2)
    return datetime.combine(date.fromisoformat(day), time.min, tzinfo=OFFICE_ZONE)


def _uncertain(address: str, why: str) -> DeliveryUncertain:
    return DeliveryUncertain(
        f"发往 {address} 时 Slack 没有答复（{why}），下次运行时先核实再决定是否重发"
    )
