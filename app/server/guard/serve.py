"""Serves the guard; `junheng up` and `junheng serve` start this module."""

import asyncio
import os
from typing import Any

import h11
import uvicorn
from prefect.settings import get_current_settings
from uvicorn.protocols.http.h11_impl import H11Protocol

from app.server.errors import clear_errors
from app.server.telemetry_off import quiet

# Timeouts for the head of a request, and for its body.
HEAD_SECONDS, BODY_SECONDS = 10, 30
# How long open connections may delay the end of the server.
SECONDS_TO_END = 3


class TimeoutProtocol(H11Protocol):
    """Aborts a connection that sends a request too slowly, which uvicorn itself never does."""

    _ends: asyncio.TimerHandle | None = None
    _is_socket = False
    _waits_for: object = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._set_timer()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._set_timer()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._set_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        self._time_out_in(None)
        super().connection_lost(exc)

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        self._is_socket = True
        super().handle_websocket_upgrade(event)

    def _set_timer(self) -> None:
        waits = self.conn.their_state in {h11.IDLE, h11.SEND_BODY} and not self._may_be_silent()
        self._time_out_in(self.conn.their_state if waits else None)

    def _may_be_silent(self) -> bool:
        """Return whether it is a WebSocket or idle between requests; uvicorn ends those."""
        return self._is_socket or self.timeout_keep_alive_task is not None

    def _time_out_in(self, state: object) -> None:
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
    server = get_current_settings().server
    options: dict[str, Any] = {
        "host": server.api.host,
        "port": server.api.port,
        "log_level": server.logging_level.lower(),
        "timeout_keep_alive": server.api.keepalive_timeout,
        "timeout_graceful_shutdown": SECONDS_TO_END,
    }
    # Relative paths in settings refer to the folder where `junheng up` or `serve` was started.
    os.chdir(os.environ.get("JUNHENG_STARTED_IN", "."))
    with clear_errors():
        # The guard itself handles forwarded headers, and trusts only the configured proxies.
        uvicorn.run(
            "app.server.guard.guard:create",
            factory=True,
            http=TimeoutProtocol,
            server_header=False,
            proxy_headers=False,
            **options,
        )


if __name__ == "__main__":
    main()
