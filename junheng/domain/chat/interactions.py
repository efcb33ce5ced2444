"""Presses: a person's interaction with a card in chat, parsed from the platform's payload."""

import json
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from pydantic import ValidationError

from junheng.domain.chat import buttons
from junheng.domain.ledger.lifecycle import Move
from junheng.values import Frozen


class PressKind(StrEnum):
    """A button on a card, or a submitted form."""

    BUTTON = "button"
    FORM = "form"


class PressStatus(StrEnum):
    """The state of a press; it stays `received` only if the listener was killed."""

    RECEIVED = "received"
    DONE = "done"
    REFUSED = "refused"


class Blank(StrEnum):
    """A field of a form; its value is also Slack's block id, with which errors are shown there."""

    ITEM = "item"
    TEXT = "text"
    UNTIL = "until"
    FILES = "files"
    KIND = "kind"


class Answers(Frozen):
    """The submitted values of a form."""

    reference: str = ""
    text: str = ""
    until: date | None = None
    files: tuple[str, ...] = ()
    kind: str = ""


class Press(Frozen):
    """One press: `key` is the same for every delivery of it, which makes handling idempotent.

    `team` and `user` are the platform's ids, as are `channel` and `ts` of the card. With `trigger`
    a form can be opened for a few seconds; `opened_by` is the user for whom a form was opened.
    """

    key: str
    kind: PressKind
    move: Move
    team: str
    user: str
    is_bot: bool = False
    channel: str
    ts: str
    trigger: str = ""
    opened_by: str = ""
    answers: Answers = Answers()

    @property
    def card(self) -> str:
        """The receipt of the card."""
        return f"{self.channel}:{self.ts}"

    @property
    def opens_a_form(self) -> bool:
        return self.kind is PressKind.BUTTON and self.move is not Move.RECEIPT


class Opened(Frozen):
    """The hidden metadata of a form: its card, and the user for whom it was opened."""

    channel: str
    ts: str
    opened_by: str


def read(payload: Mapping[str, Any]) -> Press | None:
    """Return the press in a payload, None if it is not about one of our cards."""
    try:
        match payload.get("type"):
            case "block_actions":
                return _button(payload)
            case "view_submission":
                return _form(payload)
            case _:
                return None
    except (AttributeError, IndexError, KeyError, TypeError, ValueError, ValidationError):
        # Not a payload in the platform's format, so it is not a press on one of our cards.
        return None


def _button(payload: Mapping[str, Any]) -> Press | None:
    action, place, user = payload["actions"][0], payload["container"], payload["user"]
    move = buttons.move_of(action["action_id"])
    if move is None:
        return None
    channel, ts = place["channel_id"], place["message_ts"]
    moment = action["action_ts"]
    return Press(
        key=":".join(("button", channel, ts, action["action_id"], moment, user["id"])),
        kind=PressKind.BUTTON,
        move=move,
        team=_team(payload),
        user=user["id"],
        is_bot=bool(user.get("is_bot")),
        channel=channel,
        ts=ts,
        trigger=payload.get("trigger_id") or "",
    )


def _form(payload: Mapping[str, Any]) -> Press | None:
    view, user = payload["view"], payload["user"]
    move = buttons.move_of(view["callback_id"])
    if move is None:
        return None
    opened = Opened.model_validate(json.loads(view["private_metadata"]))
    return Press(
        key=f"form:{view['id']}",
        kind=PressKind.FORM,
        move=move,
        team=_team(payload),
        user=user["id"],
        is_bot=bool(user.get("is_bot")),
        channel=opened.channel,
        ts=opened.ts,
        opened_by=opened.opened_by,
        answers=_answers(view["state"]["values"]),
    )


def _team(payload: Mapping[str, Any]) -> str:
    return str((payload.get("team") or {}).get("id") or payload["user"]["team_id"])


def _answers(values: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> Answers:
    def given(blank: Blank) -> Mapping[str, Any]:
        return values.get(blank.value, {}).get(blank.value, {})

    def chosen(blank: Blank) -> str:
        return str((given(blank).get("selected_option") or {}).get("value") or "")

    picked = given(Blank.UNTIL).get("selected_date")
    return Answers(
        reference=chosen(Blank.ITEM),
        text=str(given(Blank.TEXT).get("value") or "").strip(),
        until=date.fromisoformat(picked) if picked else None,
        files=tuple(file["id"] for file in given(Blank.FILES).get("files") or ()),
        kind=chosen(Blank.KIND),
    )
