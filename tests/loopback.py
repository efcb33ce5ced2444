"""The base of fake servers on a loopback port."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer, ThreadingMixIn
from threading import Thread
from types import TracebackType
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Says:
    """An answer word for word; nothing is taken, unless it is said so."""

    body: Mapping[str, Any] | str
    status: int = 200
    location: str = ""
    is_taken: bool = False
    retry_after: str = ""

    def to(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer a request with it."""
        body = self.body if isinstance(self.body, str) else json.dumps(self.body)
        named = {"Location": self.location, "Retry-After": self.retry_after}
        try:
            handler.send_response(self.status)
            handler.send_header("Content-Length", str(len(body.encode())))
            for name, value in named.items():
                if value:
                    handler.send_header(name, value)
            handler.end_headers()
            handler.wfile.write(body.encode())
        except ConnectionError:
            # The client has given up.
            handler.close_connection = True


class Loopback:
    """A context manager that serves in a thread; the base class of the fakes."""

    def __init__(self, server: TCPServer) -> None:
        if isinstance(server, ThreadingMixIn):
            server.daemon_threads = True
        self._server = server
        self._thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

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
        self._server.server_close()
