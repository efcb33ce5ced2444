"""What stands in for a Prefect server: what it was asked, and what it knows of a run or a work."""

import gzip
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.loopback import Loopback

DEPLOYMENT, RUN = "d1", "r1"


class FakePrefect(Loopback):
    """A Prefect server on a loopback port that takes whatever it is sent."""

    def __init__(self) -> None:
        self.known: dict[str, Any] = {
            f"/api/deployments/{DEPLOYMENT}": {
                "id": DEPLOYMENT,
                "name": "annual-round",
                "parameter_openapi_schema": {"properties": {"year": {}, "by": {}}},
            },
            f"/api/flow_runs/{RUN}": {
                "id": RUN,
                "name": "brave-tit",
                "deployment_id": DEPLOYMENT,
                "tags": ["年度"],
            },
            "/ui-settings": {"api_url": "http://127.0.0.1:4200/api", "auth": "BASIC", "flags": []},
        }
        self.changes: list[tuple[str, str, Any]] = []
        self.headers: list[dict[str, str]] = []
        super().__init__(ThreadingHTTPServer(("127.0.0.1", 0), self._handler()))

    def _handler(self) -> type["_Handler"]:
        return type("Handler", (_Handler,), {"prefect": self})


class _Handler(BaseHTTPRequestHandler):
    prefect: FakePrefect

    def do_GET(self) -> None:
        self._note()
        known = self.prefect.known.get(self.path)
        self._say(404 if known is None else 200, known or {})

    def do_POST(self) -> None:
        self._change(201, {"id": "new", "name": "calm-owl"})

    def do_PATCH(self) -> None:
        self._change(200, {})

    def do_DELETE(self) -> None:
        self._change(200, {})

    def log_message(self, *_arguments: object) -> None:
        pass

    def _note(self) -> None:
        self.prefect.headers.append({name.lower(): one for name, one in self.headers.items()})

    def _change(self, status: int, said: object) -> None:
        self._note()
        content = self.rfile.read(int(self.headers.get("content-length", 0)))
        body = json.loads(content) if content else None
        self.prefect.changes.append((self.command, self.path, body))
        self._say(status, said)

    def _say(self, status: int, said: object) -> None:
        content = json.dumps(said).encode()
        self.send_response(status)
        if "gzip" in self.headers.get("accept-encoding", ""):
            content = gzip.compress(content)
            self.send_header("content-encoding", "gzip")
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
