"""A server on a loopback port, for as long as a test stands within it."""

from socketserver import TCPServer, ThreadingMixIn
from threading import Thread
from types import TracebackType
from typing import Self


class Loopback:
    """Serves in a thread of its own; whoever stands in for an outside service is one of these."""

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
