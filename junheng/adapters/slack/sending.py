"""Slack: posts cards through slack_sdk, each key once."""

import re
from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, time

from slack_sdk.errors import SlackApiError

from junheng import wording
from junheng.adapters.messaging.messenger import (
    ChatClosed,
    ChatUnreachable,
    DeliveryUncertain,
    DeliveryUnknown,
)
from junheng.adapters.messaging.pacing import Pace, Turns
from junheng.adapters.outgoing import NotReached
from junheng.adapters.slack import blocks, cards
from junheng.adapters.slack.answers import is_timestamp, raise_refusal, receipt
from junheng.adapters.slack.client import NO_ANSWER, SlackClient, retries, sending_retries
from junheng.adapters.slack.history import SlackHistory
from junheng.domain.chat.buttons import Button
from junheng.domain.office_days import OFFICE_ZONE

# https://docs.slack.dev/apis/web-api/rate-limits: one message a second in each channel.
PACE = Pace(1, 1.0)
IS_TOKEN = re.compile(r"[!-~]+")


class SlackMessenger:
    """Sends cards by `chat.postMessage`; the history finds them by the key in their metadata."""

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
        # The error of the client would quote a token that is not valid in a header.
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
        """Post a card; if the history contains a card of its key, return that receipt instead.

        A restored database does not contain the cards that were sent after the backup.
        """
        self._check()
        sent_before = self._sent_before(key, address, text)
        if sent_before is not None:
            return sent_before
        self._turns[address].take()
        try:
            response = self._sender.chat_postMessage(
                channel=address,
                # Notifications show the text, the channel shows the blocks.
                text=blocks.escaped(text),
                blocks=blocks.card(text, buttons=buttons),
                mrkdwn=False,
                unfurl_links=False,
                unfurl_media=False,
                metadata=cards.metadata_of(key, text),
                # Undocumented for this method; if Slack honours it, a second copy is dropped.
                client_msg_id=cards.message_id(key),
            )
        except SlackApiError as error:
            raise_refusal(error, address)
        except NotReached as error:
            unreachable = wording.packaged().slack.send.unreachable
            raise ChatUnreachable(unreachable.format(reason=error)) from error
        except NO_ANSWER as error:
            # The request went out, and the answer does not show whether the card was posted.
            raise _uncertain(address, str(error)) from error
        channel, ts = response.get("channel") or address, response.get("ts")
        if not is_timestamp(ts) or not isinstance(channel, str):
            raise _uncertain(address, wording.packaged().slack.answers.no_timestamp)
        return receipt(channel, ts)

    def was_delivered(self, *, key: str, address: str, since: datetime) -> str | None:
        self._check()
        found = self._history.find_after_lag(key, address, since=since)
        return None if found is None else found.receipt

    def _sent_before(self, key: str, address: str, text: str) -> str | None:
        """Return the receipt of a card that the history contains, else None.

        Raises:
            DeliveryUnknown: the history contains a card of this key with another text.

        """
        try:
            found = self._history.find(key, address, since=_first_moment(key))
        except DeliveryUnknown:
            # The bot may not read this history; according to the database the card was never sent.
            return None
        if found is not None and not found.has_text(text):
            other_text = wording.packaged().slack.send.other_text
            raise DeliveryUnknown(other_text.format(address=address))
        return None if found is None else found.receipt

    def _check(self) -> None:
        if not self._has_token:
            raise ChatClosed(wording.packaged().slack.no_token)


def _first_moment(key: str) -> datetime:
    """Return the start of the day of a card; it cannot have been sent before."""
    _, day, _ = key.split(":", 2)
    return datetime.combine(date.fromisoformat(day), time.min, tzinfo=OFFICE_ZONE)


def _uncertain(address: str, reason: str) -> DeliveryUncertain:
    no_answer = wording.packaged().slack.send.no_answer
    return DeliveryUncertain(no_answer.format(address=address, reason=reason))
