"""Slack's desk: the requests of `junheng chat` to Slack while people act on their cards."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from slack_sdk.errors import SlackApiError

from junheng import wording
from junheng.adapters.messaging.messenger import (
    CardRefused,
    ChatClosed,
    ChatUnreachable,
)
from junheng.adapters.outgoing import NotReached
from junheng.adapters.slack import blocks, cards, sending, views
from junheng.adapters.slack.answers import closed, raise_failure
from junheng.adapters.slack.client import NO_ANSWER, SlackClient, retries
from junheng.adapters.slack.files import SlackFiles
from junheng.domain.chat.buttons import Button
from junheng.domain.chat.dialogs import Form


@dataclass(frozen=True, slots=True)
class BotIdentity:
    """The workspace, and the bot's member id."""

    team: str
    team_name: str
    user: str


class SlackDesk:
    """Rewrites cards, sends ephemeral messages, opens forms and downloads attachments.

    Every method raises ChatFailing if a retry may succeed, ChatClosed if Slack refuses the token,
    and CardRefused if Slack refuses this request for good.
    """

    def __init__(
        self, token: str, base_url: str | None = None, *, timeout_seconds: int = 15
    ) -> None:
        self._has_token = sending.IS_TOKEN.fullmatch(token) is not None
        self._client = SlackClient(
            base_url, token=token, timeout_seconds=timeout_seconds, retry_handlers=retries()
        )
        self._files = SlackFiles(token, base_url)

    def itself(self) -> BotIdentity:
        """Return the identity of the bot."""
        try:
            answer = self._call(self._client.auth_test)
        except CardRefused as refused:
            not_let_in = wording.packaged().slack.not_let_in
            raise ChatClosed(not_let_in.format(reason=refused)) from refused
        return BotIdentity(
            str(answer["team_id"]), str(answer.get("team") or ""), str(answer.get("user_id"))
        )

    def rewrite(
        self,
        *,
        receipt: str,
        key: str,
        text: str,
        done: Sequence[str],
        buttons: Sequence[Button],
    ) -> None:
        """Update a card with the moves made and the buttons left; its key is unchanged."""
        channel, _, ts = receipt.partition(":")
        self._call(
            self._client.chat_update,
            channel=channel,
            ts=ts,
            # Newest first: the notification of a long card is shortened, its blocks are not.
            text=blocks.notification("\n".join((*reversed(done), text))),
            blocks=blocks.card(text, buttons=buttons, done=done),
            metadata=cards.metadata_of(key, text),
        )

    def tell(self, *, channel: str, user: str, text: str) -> None:
        """Send an ephemeral message, which only one user sees."""
        self._call(
            self._client.chat_postEphemeral,
            channel=channel,
            user=user,
            text=blocks.escaped(text),
        )

    def open(self, form: Form, *, trigger: str) -> None:
        """Open a form for the user of the interaction `trigger`, which expires after seconds."""
        self._call(self._client.views_open, trigger_id=trigger, view=views.modal(form))

    def fetch(self, file: str, folder: Path, *, largest_bytes: int) -> Path:
        """Download an attached file and return its path: at most one byte above the limit."""
        answer = self._call(self._client.files_info, file=file)
        return self._files.fetch(answer.get("file") or {}, folder, largest_bytes=largest_bytes)

    def _call(self, method: Callable[..., Any], **arguments: Any) -> Mapping[str, Any]:
        words = wording.packaged().slack.request
        if not self._has_token:
            raise ChatClosed(closed("not_authed"))
        try:
            answer: Mapping[str, Any] = method(**arguments).data
        except SlackApiError as error:
            raise_failure(error)
        except NotReached as error:
            raise ChatUnreachable(words.unreachable.format(reason=error)) from error
        except NO_ANSWER as error:
            raise ChatUnreachable(words.no_answer.format(reason=error)) from error
        return answer
