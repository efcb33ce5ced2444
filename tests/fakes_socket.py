"""Slack's side of Socket Mode: delivers envelopes, and again if they are not acknowledged."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from socket import SHUT_RDWR
from threading import Condition, Thread
from types import TracebackType
from typing import Any, Self

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import Server, ServerConnection, serve

PATIENCE = 30.0


@dataclass
class Handed:
    """An envelope: the number of deliveries, and its acknowledgement."""

    envelope: dict[str, Any]
    times: int = 0
    handed_at: float = 0.0
    acked_at: float | None = None
    answer: dict[str, Any] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        assert self.acked_at is not None
        return self.acked_at - self.handed_at


class FakeSocket:
    """A WebSocket server on a loopback port, as a context manager."""

    def __init__(self) -> None:
        self.handed: dict[str, Handed] = {}
        self.connections: list[ServerConnection] = []
        self.connected = 0
        self._numbers = count(1)
        self._changed = Condition()
        self._server: Server = serve(self._serve, "127.0.0.1", 0)
        self._thread = Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self._server.socket.getsockname()[1]}/link/?ticket=1"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        for connection in list(self.connections):
            connection.close()
        self._thread.join()

    def hand_over(self, payload: Mapping[str, Any]) -> str:
        """Deliver an interaction to the current or next connection, and return its envelope id."""
        number = f"envelope-{next(self._numbers)}"
        envelope = {
            "type": "interactive",
            "envelope_id": number,
            "payload": payload,
            "accepts_response_payload": True,
        }
        with self._changed:
            self.handed[number] = Handed(envelope)
            for connection in self.connections[-1:]:
                self._send(connection, self.handed[number])
        return number

    def hand_over_again(self, number: str) -> None:
        """Deliver an envelope once more, acknowledged or not."""
        with self._changed:
            self.handed[number].acked_at = None
            self._send(self.connections[-1], self.handed[number])

    def acknowledged(self, number: str) -> Handed:
        """Wait until an envelope is acknowledged."""
        self.wait_until(lambda: self.handed[number].acked_at is not None)
        return self.handed[number]

    def disconnect(self) -> None:
        """Request a new connection, as Slack does every few hours, and close the old one."""
        connection = self.connections[-1]
        connection.send(json.dumps({"type": "disconnect", "reason": "refresh_requested"}))
        connection.close()

    def break_off(self) -> None:
        """Break the connection without a close frame."""
        self.connections[-1].socket.shutdown(SHUT_RDWR)

    def wait_until(self, is_so: Any) -> None:
        with self._changed:
            assert self._changed.wait_for(is_so, PATIENCE)

    def _serve(self, connection: ServerConnection) -> None:
        connection.send(json.dumps({"type": "hello", "num_connections": 1}))
        with self._changed:
            self.connections.append(connection)
            self.connected += 1
            for handed in self.handed.values():
                if handed.acked_at is None:
                    self._send(connection, handed)
            self._changed.notify_all()
        try:
            for message in connection:
                self._take(json.loads(message))
        except ConnectionClosed:
            pass
        finally:
            with self._changed:
                self.connections.remove(connection)

    def _take(self, said: Mapping[str, Any]) -> None:
        with self._changed:
            handed = self.handed[said["envelope_id"]]
            handed.acked_at = time.monotonic()
            handed.answer = dict(said.get("payload") or {})
            self._changed.notify_all()

    def _send(self, connection: ServerConnection, handed: Handed) -> None:
        handed.times += 1
        handed.handed_at = time.monotonic()
        try:
            connection.send(json.dumps(handed.envelope))
        except ConnectionClosed:
            # Delivered again on the next connection.
            return
