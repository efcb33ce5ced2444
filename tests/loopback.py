"""The base of fake servers on a loopback port."""

from socketserver import TCPServer, ThreadingMixIn
from threading import Thread
from types import TracebackType
from typing import Self


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
