"""A robot of DingTalk, WeCom or Feishu on a loopback port, with the received cards."""

import json
import time
from collections import deque
from collections.abc import Mapping
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.loopback import Loopback, Says


class Given(Enum):
    """How the robot fails after accepting the next card."""

    TAKE = "take"
    TAKE_SLOWLY = "take slowly"
    TAKE_WITHOUT_ANSWER = "take without answer"
    HANG_UP = "hang up before anything is taken"


class FakeRobot(Loopback):
    """Accepts cards at /robot/send; `ok` is the platform's answer of success."""

    def __init__(
        self, *given: Given | Says, ok: Mapping[str, Any] | None = None, seconds: float = 0.0
    ) -> None:
        self.cards: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self.given = deque(given)
        self.ok = ok or {"errcode": 0, "errmsg": "ok"}
        self.seconds = seconds
        super().__init__(
            ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"robot": self}))
        )

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def answer(self, card: dict[str, Any], handler: "_Handler") -> None:
        match self.given.popleft() if self.given else Given.TAKE:
            case Given.TAKE:
                self.cards.append(card)
                Says(self.ok).to(handler)
            case Given.TAKE_SLOWLY:
                self.cards.append(card)
                time.sleep(self.seconds)
                Says(self.ok).to(handler)
            case Given.TAKE_WITHOUT_ANSWER:
                self.cards.append(card)
            case Given.HANG_UP:
                handler.close_connection = True
            case Says() as said:
                if said.is_taken:
                    self.cards.append(card)
                said.to(handler)


class _Handler(BaseHTTPRequestHandler):
    robot: FakeRobot

    def do_POST(self) -> None:
        self.robot.paths.append(self.path)
        length = int(self.headers["Content-Length"])
        self.robot.answer(json.loads(self.rfile.read(length)), self)

    def do_GET(self) -> None:
        # Only a client that wrongly follows a redirect sends a GET.
        self.robot.paths.append(f"GET {self.path}")
        Says(self.robot.ok).to(self)

    def log_request(self, code: object = "-", size: object = "-") -> None:
        """Log nothing."""
