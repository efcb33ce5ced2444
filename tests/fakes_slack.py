"""A Slack with interactions: buttons, updated cards, forms, files, and Socket Mode."""

import time
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from itertools import count
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from tests.fakes import FakeSlack, Post, _Handler
from tests.fakes_socket import FakeSocket

TEAM = "T0000001"
BOT = "U0000BOT"
# Slack's limit of the text of an updated message; a posted one may be longer.
LONGEST_CHANGED = 4000
Payload = dict[str, Any]


class FakeSlackOffice(FakeSlack):
    """All methods of Slack that `junheng chat` calls.

    `faults` are the errors of the next calls of a method: a reason of Slack, or an HTTP status.
    `slow` are the seconds that a method, or `files`, takes.
    """

    def __init__(self, *posts: Post | str) -> None:
        self.whispers: list[Payload] = []
        self.views: list[Payload] = []
        self.files: dict[str, Payload] = {}
        self.fetched: list[Mapping[str, str]] = []
        self.faults: defaultdict[str, deque[str | int]] = defaultdict(deque)
        self.slow: defaultdict[str, float] = defaultdict(float)
        self.triggers: set[str] = set()
        self.updates = 0
        self.socket = FakeSocket()
        self._numbers = count(1)
        super().__init__(*posts)

    def __enter__(self) -> Self:
        self.socket.__enter__()
        return super().__enter__()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        super().__exit__(kind, error, trace)
        self.socket.__exit__(kind, error, trace)

    def answer(self, method: str, asked: Mapping[str, Any], handler: _Handler) -> None:
        known = {
            "auth.test": self._itself,
            "apps.connections.open": self._connection,
            "chat.update": self._update,
            "chat.postEphemeral": self._whisper,
            "views.open": self._open,
            "files.info": self._file,
        }
        if method not in known:
            super().answer(method, asked, handler)
            return
        self.calls.append(method)
        time.sleep(self.slow[method])
        fault = self.faults[method].popleft() if self.faults[method] else None
        match fault:
            case None:
                handler.say(known[method](asked))
            case str():
                handler.say({"ok": False, "error": fault})
            case int():
                handler.say({}, status=fault)

    def download(self, path: str, headers: Mapping[str, str], handler: _Handler) -> None:
        """Return a file to requests with the token."""
        self.fetched.append(dict(headers))
        file = self.files.get(path.split("/")[2])
        if file is None or headers.get("Authorization") != "Bearer xoxb-test":
            handler.say({}, status=404)
            return
        time.sleep(self.slow["files"])
        if "leads_to" in file:
            handler.lead(file["leads_to"])
            return
        handler.hand_out(file["content"])

    def attach(self, name: str, content: bytes, **other: Any) -> str:
        """Add an uploaded file, and return its id."""
        number = f"F{next(self._numbers):07d}"
        address = f"http://127.0.0.1:{self.port}/files/{number}/download"
        self.files[number] = {
            "name": name,
            "content": content,
            "url_private_download": address,
            **other,
        }
        return number

    def press(self, move: str, *, user: str, card: int = 0, team: str = TEAM) -> Payload:
        """Return Slack's payload for a pressed button of a card."""
        message = self.messages[card]
        trigger = f"trigger-{next(self._numbers)}"
        self.triggers.add(trigger)
        return {
            "type": "block_actions",
            "team": {"id": team, "domain": "taierzhuang"},
            "user": {"id": user, "username": "somebody", "team_id": team},
            "container": {
                "type": "message",
                "message_ts": message["ts"],
                "channel_id": message["channel_id"],
                "is_ephemeral": False,
            },
            "channel": {"id": message["channel_id"], "name": "a"},
            "trigger_id": trigger,
            "response_url": "https://hooks.invalid/nobody-calls-this",
            "token": "an-old-kind-of-token",
            "actions": [
                {
                    "type": "button",
                    "action_id": f"junheng.{move}",
                    "action_ts": f"{time.time():.3f}{next(self._numbers):03d}",
                }
            ],
        }

    def submit(self, *, user: str, view: int = -1, team: str = TEAM, **given: Any) -> Payload:
        """Return Slack's payload for a submitted form."""
        opened = self.views[view]
        return {
            "type": "view_submission",
            "team": {"id": team, "domain": "taierzhuang"},
            "user": {"id": user, "username": "somebody", "team_id": team},
            "token": "an-old-kind-of-token",
            "view": {
                "id": opened["id"],
                "type": "modal",
                "callback_id": opened["callback_id"],
                "private_metadata": opened["private_metadata"],
                "state": {"values": {name: {name: _state(name, given[name])} for name in given}},
            },
        }

    def _itself(self, asked: Mapping[str, Any]) -> Payload:
        return {"ok": True, "team_id": TEAM, "team": "台儿庄", "user_id": BOT, "bot_id": "B0000001"}

    def _connection(self, asked: Mapping[str, Any]) -> Payload:
        return {"ok": True, "url": self.socket.url}

    def _update(self, asked: Mapping[str, Any]) -> Payload:
        place = (asked["channel"], asked["ts"])
        for message in self.messages:
            if (message["channel_id"], message["ts"]) == place:
                if too_much(asked):
                    return {"ok": False, "error": "invalid_blocks"}
                if len(asked["text"]) > LONGEST_CHANGED:
                    return {"ok": False, "error": "msg_too_long"}
                # Slack keeps the fields that an update does not contain.
                message.update({k: v for k, v in asked.items() if k not in {"channel", "ts"}})
                self.updates += 1
                return {"ok": True, "channel": asked["channel"], "ts": asked["ts"]}
        return {"ok": False, "error": "message_not_found"}

    def _whisper(self, asked: Mapping[str, Any]) -> Payload:
        self.whispers.append(dict(asked))
        return {"ok": True, "message_ts": "1.0"}

    def _open(self, asked: Mapping[str, Any]) -> Payload:
        if asked["trigger_id"] not in self.triggers:
            return {"ok": False, "error": "expired_trigger_id"}
        if too_much(asked["view"]):
            return {"ok": False, "error": "invalid_arguments"}
        self.triggers.discard(asked["trigger_id"])
        view = {**asked["view"], "id": f"V{next(self._numbers):07d}"}
        self.views.append(view)
        return {"ok": True, "view": view}

    def _file(self, asked: Mapping[str, Any]) -> Payload:
        file = self.files.get(asked["file"])
        if file is None:
            return {"ok": False, "error": "file_not_found"}
        shown = {name: value for name, value in file.items() if name != "content"}
        return {"ok": True, "file": {"id": asked["file"], "size": len(file["content"]), **shown}}

    def _take(self, asked: Mapping[str, Any]) -> Payload:
        if too_much(asked):
            return {"ok": False, "error": "invalid_blocks"}
        return super()._take(asked)

    def _handler(self) -> type["_Handler"]:
        return type("Handler", (_OfficeHandler,), {"slack": self})


class _OfficeHandler(_Handler):
    slack: FakeSlackOffice

    def do_GET(self) -> None:  # noqa: N802 - as the server calls it
        parts = urlsplit(self.path)
        if parts.path.startswith("/files/"):
            self.slack.download(parts.path, {**self.headers}, self)
            return
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.slack.answer(parts.path.removeprefix("/api/"), asked, self)


def _state(name: str, given: Any) -> Payload:
    match name:
        case "item" | "kind":
            return {"type": "static_select", "selected_option": {"value": given}}
        case "until":
            return {"type": "datepicker", "selected_date": given}
        case "files":
            return {"type": "file_input", "files": [{"id": file_id} for file_id in given]}
        case _:
            return {"type": "plain_text_input", "value": given}


def buttons_of(message: Mapping[str, Any]) -> list[str]:
    """Return the moves of the buttons of a card."""
    return [
        element["action_id"].removeprefix("junheng.")
        for block in message.get("blocks") or ()
        if block["type"] == "actions"
        for element in block["elements"]
    ]


def sections_of(message: Mapping[str, Any]) -> list[str]:
    """Return the texts of the sections of a card."""
    blocks = message.get("blocks") or ()
    return [block["text"]["text"] for block in blocks if block["type"] == "section"]


def too_much(asked: Mapping[str, Any]) -> bool:
    """Return whether a text is longer than Slack's limit."""
    blocks = asked.get("blocks") or []
    most = 100 if asked.get("type") == "modal" else 50
    return len(blocks) > most or any(_is_too_long(block) for block in blocks)


def _is_too_long(block: Mapping[str, Any]) -> bool:
    texts = [(block["text"]["text"], 3000)] if block["type"] == "section" else []
    texts += [(element["text"]["text"], 75) for element in block.get("elements") or ()]
    element = block.get("element") or {}
    groups = element.get("option_groups") or []
    options = [option for group in groups for option in group["options"]]
    options += element.get("options") or []
    texts += [(group["label"]["text"], 75) for group in groups]
    texts += [(option["text"]["text"], 75) for option in options]
    texts += [(option["value"], 150) for option in options]
    sizes = [len(group["options"]) for group in groups]
    return any(not 0 < len(text) <= longest for text, longest in texts) or bool(
        len(groups) > 100 or any(not 0 < size <= 100 for size in sizes)
    )


def lines_of(message: Mapping[str, Any]) -> Iterator[str]:
    """Yield every line of a card."""
    for section in sections_of(message):
        yield from section.split("\n")
