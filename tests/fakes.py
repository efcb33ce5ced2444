"""Fakes of external services."""

import json
import time
from collections import deque
from collections.abc import Mapping
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from math import inf
from threading import Lock
from typing import Any
from urllib.parse import parse_qs

from tests.loopback import Loopback, Says


class Post(Enum):
    """How the fake Slack treats the next message."""

    TAKE = "take"
    LIMIT = "limit"
    LIMIT_FOR_LONG = "limit for long"
    FAIL = "fail"
    TAKE_SLOWLY = "take slowly"
    TAKE_WITHOUT_ANSWER = "take without answer"
    DROP = "drop before it is taken"
    FAIL_UNCLEARLY = "fail unclearly"


class FakeSlack(Loopback):
    """A Slack on a loopback port, with the received messages and a channel history.

    Its clock is `ahead` of ours by so many seconds; its history shows a message `late` by so many.
    """

    def __init__(
        self, *posts: Post | Says | str, history_error: str | None = None, seconds: float = 0.0
    ) -> None:
        self.messages: list[dict[str, Any]] = []
        self.calls: list[str] = []
        self.posts: deque[Post | Says | str] = deque(posts)
        self.histories: deque[Says] = deque()
        self.ahead = self.late = 0.0
        self.history_error = history_error
        self.seconds = seconds
        self.channels: dict[str, str] = {}
        self._lock = Lock()
        super().__init__(ThreadingHTTPServer(("127.0.0.1", 0), self._handler()))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/"

    @property
    def keys(self) -> list[str]:
        """The keys of the messages it received, in order."""
        return [message["metadata"]["event_payload"]["key"] for message in self.messages]

    def answer(self, method: str, asked: Mapping[str, Any], handler: "_Handler") -> None:
        """Answer one call as Slack does, or fail as the test requires."""
        self.calls.append(method)
        match method:
            case "chat.postMessage":
                self._post(asked, handler)
            case "conversations.history":
                if self.histories:
                    self.histories.popleft().to(handler)
                else:
                    handler.say(self._history(asked))
            case "conversations.list":
                handler.say(self._list(asked))
            case _:
                handler.say({"ok": False, "error": "unknown_method"})

    def _post(self, asked: Mapping[str, Any], handler: "_Handler") -> None:
        post = self.posts.popleft() if self.posts else Post.TAKE
        match post:
            case Post():
                self._do(post, asked, handler)
            case Says():
                if post.is_taken:
                    self._take(asked)
                post.to(handler)
            case str():
                handler.say({"ok": False, "error": post})

    def _do(self, post: Post, asked: Mapping[str, Any], handler: "_Handler") -> None:
        match post:
            case Post.TAKE:
                handler.say(self._take(asked))
            case Post.LIMIT:
                handler.say({"ok": False, "error": "ratelimited"}, status=429, retry_after="1")
            case Post.LIMIT_FOR_LONG:
                handler.say({"ok": False, "error": "ratelimited"}, status=429, retry_after="3600")
            case Post.FAIL:
                handler.say({}, status=500)
            case Post.FAIL_UNCLEARLY:
                handler.say({"ok": False, "error": "fatal_error"})
            case Post.TAKE_SLOWLY:
                taken = self._take(asked)
                time.sleep(self.seconds)
                handler.say(taken)
            case Post.TAKE_WITHOUT_ANSWER:
                self._take(asked)
            case Post.DROP:
                # The connection closes, and the message is lost.
                return

    def _take(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        with self._lock:
            channel = self.id_of(asked["channel"])
            # Slack increases ts with each message in a channel.
            ts = f"{self.now() + len(self.messages) * 1e-6:.6f}"
            self.messages.append({**asked, "ts": ts, "channel_id": channel})
        return {"ok": True, "channel": channel, "ts": ts}

    def now(self) -> float:
        return time.time() + self.ahead

    def id_of(self, address: str) -> str:
        return self.channels.setdefault(address, f"C{len(self.channels) + 1:08d}")

    def _history(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        if self.history_error is not None:
            return {"ok": not self.history_error, "error": self.history_error}
        if asked["channel"] not in self.channels.values():
            return {"ok": False, "error": "channel_not_found"}
        since, latest = float(asked["oldest"]), self.now() - self.late if self.late else inf
        found = [
            {"ts": message["ts"], "metadata": message["metadata"]}
            for message in reversed(self.messages)
            if message["channel_id"] == asked["channel"] and since <= float(message["ts"]) <= latest
        ]
        return _page("messages", found, asked)

    def _list(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        everything = [
            {"id": known, "name": name.removeprefix("#")} for name, known in self.channels.items()
        ]
        return _page("channels", everything, asked)

    def _handler(self) -> type["_Handler"]:
        return type("Handler", (_Handler,), {"slack": self})


class _Handler(BaseHTTPRequestHandler):
    slack: FakeSlack

    def date_time_string(self, timestamp: float | None = None) -> str:
        return super().date_time_string(self.slack.now() if timestamp is None else timestamp)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if "json" in self.headers["Content-Type"]:
            asked = json.loads(body or "{}")
        else:
            asked = {name: values[0] for name, values in parse_qs(body).items()}
        self.slack.answer(self.path.removeprefix("/api/"), asked, self)

    def say(
        self, answer: Mapping[str, Any], *, status: int = 200, retry_after: str | None = None
    ) -> None:
        body = json.dumps(answer).encode()
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            if retry_after is not None:
                # In lower case, as Slack's own proxies write it.
                self.send_header("retry-after", retry_after)
            self.end_headers()
            self.wfile.write(body)
        except ConnectionError:
            # The client has timed out, or was killed.
            self.close_connection = True

    def hand_out(self, content: bytes) -> None:
        """Answer with a file."""
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def lead(self, address: str) -> None:
        """Answer with a redirect."""
        self.send_response(302)
        self.send_header("Location", address)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_request(self, code: object = "-", size: object = "-") -> None:
        """Log nothing."""


def _page(name: str, found: list[dict[str, Any]], asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return one entry per page, so that clients must use pagination."""
    start = int(asked.get("cursor") or 0)
    following = str(start + 1) if start + 1 < len(found) else ""
    return {
        "ok": True,
        name: found[start : start + 1],
        "response_metadata": {"next_cursor": following},
    }
