"""Slack's desk: what `junheng chat` asks of Slack while people act on their cards."""

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
class Itself:
    """Who we are in Slack: the workspace, and the bot's own member id."""

    team: str
    team_name: str
    user: str


class SlackDesk:
    """Rewrites cards, tells one person something, opens forms and fetches what was attached.

    Every method raises ChatFailing where a later try may do better, ChatClosed where Slack does
    not let us in, and CardRefused where it never will take just this.
    """

    def __init__(
        self, token: str, base_url: str | None = None, *, timeout_seconds: int = 15
    ) -> None:
        self._has_token = sending.IS_TOKEN.fullmatch(token) is not None
        self._client = SlackClient(
            base_url, token=token, timeout_seconds=timeout_seconds, retry_handlers=retries()
        )
        self._files = SlackFiles(token, base_url)

    def itself(self) -> Itself:
        """Return who we are."""
        try:
            said = self._call(self._client.auth_test)
        except CardRefused as refused:
            not_let_in = wording.packaged().slack.not_let_in
            raise ChatClosed(not_let_in.format(reason=refused)) from refused
        return Itself(str(said["team_id"]), str(said.get("team") or ""), str(said.get("user_id")))

    def rewrite(
        self,
        *,
        receipt: str,
        key: str,
        text: str,
        done: Sequence[str],
        buttons: Sequence[Button],
    ) -> None:
        """Let a card say what was done, and offer what is left; it keeps its key."""
        channel, _, ts = receipt.partition(":")
        self._call(
            self._client.chat_update,
            channel=channel,
            ts=ts,
            # Newest first: of a long card the rest stands in its blocks alone.
            text=blocks.notification("\n".join((*reversed(done), text))),
            blocks=blocks.card(text, buttons=buttons, done=done),
            metadata=cards.metadata_of(key, text),
        )

    def tell(self, *, channel: str, user: str, text: str) -> None:
        """Say something that one person alone reads."""
        self._call(
            self._client.chat_postEphemeral,
            channel=channel,
            user=user,
            text=blocks.escaped(text),
        )

    def open(self, form: Form, *, trigger: str) -> None:
        """Open a form for whoever pressed just now."""
        self._call(self._client.views_open, trigger_id=trigger, view=views.modal(form))

    def fetch(self, file: str, folder: Path, *, largest_bytes: int) -> Path:
        """Return where an attached file lies now: whole, or with one byte more than is taken."""
        said = self._call(self._client.files_info, file=file)
        return self._files.fetch(said.get("file") or {}, folder, largest_bytes=largest_bytes)

    def _call(self, ask: Callable[..., Any], **named: Any) -> Mapping[str, Any]:
        words = wording.packaged().slack.request
        if not self._has_token:
            raise ChatClosed(closed("not_authed"))
        try:
            answer: Mapping[str, Any] = ask(**named).data
        except SlackApiError as error:
            raise_failure(error)
        except NotReached as error:
            raise ChatUnreachable(words.unreachable.format(reason=error)) from error
        except NO_ANSWER as error:
            raise ChatUnreachable(words.no_answer.format(reason=error)) from error
        return answer
