"""Serves the guard: what `junheng up` and `junheng serve` start."""

import asyncio
import os
from typing import Any

import h11
import uvicorn
from prefect.settings import get_current_settings
from uvicorn.protocols.http.h11_impl import H11Protocol

from app.server.errors import clear_errors
from app.server.telemetry_off import quiet

# How long a client may take for the head of a request, and then for the rest of it.
HEAD_SECONDS, BODY_SECONDS = 10, 30
# How long an open page may keep the server from ending.
SECONDS_TO_END = 3


class Patient(H11Protocol):
    """Ends the connection of who sends a request too slowly: no application would hear of it."""

    _ends: asyncio.TimerHandle | None = None
    _is_socket = False
    _waits_for: object = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._look()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        self._wait(None)
        super().connection_lost(exc)

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        self._is_socket = True
        super().handle_websocket_upgrade(event)

    def _look(self) -> None:
        waits = self.conn.their_state in {h11.IDLE, h11.SEND_BODY} and not self._may_be_silent()
        self._wait(self.conn.their_state if waits else None)

    def _may_be_silent(self) -> bool:
        """Say whether it is a socket by now, or waits for a next request: uvicorn ends those."""
        return self._is_socket or self.timeout_keep_alive_task is not None

    def _wait(self, state: object) -> None:
        if state is self._waits_for:
            return
        if self._ends is not None:
            self._ends.cancel()
        self._waits_for = state
        if state is not None:
            seconds = HEAD_SECONDS if state is h11.IDLE else BODY_SECONDS
            self._ends = self.loop.call_later(seconds, self.transport.abort)


def main() -> None:
    """Serve until SIGINT or SIGTERM."""
    quiet()
    said = get_current_settings().server
    options: dict[str, Any] = {
        "host": said.api.host,
        "port": said.api.port,
        "log_level": said.logging_level.lower(),
        "timeout_keep_alive": said.api.keepalive_timeout,
        "timeout_graceful_shutdown": SECONDS_TO_END,
    }
    # Relative paths among the settings of the ledger begin where somebody started it all.
    os.chdir(os.environ.get("JUNHENG_STARTED_IN", "."))
    with clear_errors():
        # Who forwards a request is believed only where it is a proxy of ours: by the guard.
        uvicorn.run(
            "app.server.guard.guard:create",
            factory=True,
            http=Patient,
            server_header=False,
            proxy_headers=False,
            **options,
        )


if __name__ == "__main__":
    main()
