"""Slack's Socket Mode: receives interactions over a WebSocket that we open to Slack."""

import logging
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from junheng import wording
from junheng.adapters.messaging.messenger import CardRefused, ChatClosed, ChatUnreachable
from junheng.adapters.outgoing import NotReached, proxy_of
from junheng.adapters.slack import sending
from junheng.adapters.slack.answers import CLOSED, raise_failure, reason_of
from junheng.adapters.slack.client import NO_ANSWER, SlackClient, retries, silent
from junheng.domain.typed_text import storable_content

APP_TOKEN_BEGINS = "xapp-"  # noqa: S105 - the prefix is no secret
# A connection that breaks silently is noticed after four or five pings.
SECONDS_BETWEEN_PINGS = 2.0


@dataclass(frozen=True, slots=True)
class Envelope:
    """A delivery, which Slack repeats until it is acknowledged; `is_again` marks a repetition."""

    id: str
    payload: Mapping[str, Any]
    is_again: bool


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """The answer to an envelope, and the function to call after it was sent."""

    payload: dict[str, Any] | None = None
    afterwards: Callable[[], None] | None = None


Hear = Callable[[Envelope], Acknowledgement]


class SlackSocket:
    """A connection that reconnects automatically until it is closed.

    If `hear` raises an exception, the envelope is not acknowledged and Slack delivers it again.
    """

    def __init__(
        self,
        app_token: str,
        base_url: str | None,
        *,
        hear: Hear,
        log: logging.Logger,
        not_a_token: str,
    ) -> None:
        if not app_token.startswith(APP_TOKEN_BEGINS) or not sending.IS_TOKEN.fullmatch(app_token):
            raise ChatClosed(not_a_token)
        web = SlackClient(base_url, timeout_seconds=30, retry_handlers=retries())
        self._client = SocketModeClient(
            app_token, logger=silent(), web_client=web, ping_interval=SECONDS_BETWEEN_PINGS
        )
        # The client would use any proxy variable for every URL, and ignore NO_PROXY.
        self._client.proxy = proxy_of(web.base_url)
        self._client.socket_mode_request_listeners.append(self._listen)
        self._hear = hear
        self._log = log
        self._not_a_token = not_a_token

    def connect(self) -> None:
        """Connect, and keep the connection open.

        Raises:
            ChatClosed: Slack refuses the token.
            ChatFailing: a retry may succeed.

        """
        try:
            self._client.connect()
        except SlackApiError as error:
            if reason_of(error) in CLOSED:
                raise ChatClosed(f"{self._not_a_token}（{reason_of(error)}）") from error
            try:
                raise_failure(error)
            except CardRefused as refused:
                not_let_in = wording.packaged().slack.not_let_in
                raise ChatClosed(not_let_in.format(reason=refused)) from error
        except (NotReached, *NO_ANSWER) as error:
            raise ChatUnreachable(str(error)) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def _listen(self, client: BaseSocketModeClient, request: SocketModeRequest) -> None:
        payload = storable_content(request.payload)
        envelope = Envelope(request.envelope_id, payload, bool(request.retry_attempt))
        try:
            answer = self._hear(envelope)
            self._acknowledge(client, envelope, answer)
            if answer.afterwards is not None:
                answer.afterwards()
        except Exception as error:  # noqa: BLE001 - the next interaction must still be received
            log_without_values(self._log, error)

    def _acknowledge(
        self, client: BaseSocketModeClient, envelope: Envelope, answer: Acknowledgement
    ) -> None:
        try:
            client.send_socket_mode_response(SocketModeResponse(envelope.id, answer.payload))
        except (OSError, SlackClientError) as error:
            # The press is stored; Slack delivers it again, and it is recognised by its key.
            self._log.warning("%s", type(error).__name__)


def log_without_values(log: logging.Logger, error: BaseException) -> None:
    """Log the type and the traceback of an error: its message may quote what users wrote."""
    places = "".join(traceback.format_tb(error.__traceback__))
    log.error("%s\n%s", type(error).__name__, places)
