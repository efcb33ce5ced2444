"""A client for our own Prefect server: plain HTTP, without importing Prefect."""

import http.client
import ipaddress
import json
import os
import socket
import time
from base64 import b64encode
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from junheng import wording
from junheng.refusals import Refusal

HOST = "127.0.0.1"
HIGHEST_PORT = 65535
DEFAULT_PORT = "4200"
# On SQLite the server has one writer, and answers 503 to other writers.
TRIES = 10
SECONDS_BETWEEN_TRIES = 0.5

EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - an address to listen on, never one to connect to

# The placeholder in deploy/junheng.env.example that the operator replaces by a key.
PLACEHOLDER = "CHANGE"


class PrefectNotRunning(Refusal):
    """We cannot run Prefect, because its port is taken or one of its processes failed."""


@dataclass(frozen=True, slots=True)
class PrefectServer:
    """A Prefect server, by default on this machine; `auth` is the key `user:password`."""

    port: int
    host: str = HOST
    auth: str | None = field(default=None, repr=False)

    @property
    def address(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def headers(self) -> dict[str, str]:
        """Return the Authorization header with our key; empty without a key."""
        if self.auth is None:
            return {}
        return {"Authorization": f"Basic {b64encode(self.auth.encode()).decode('ascii')}"}

    def is_port_free(self) -> bool:
        """Return whether no process listens on the port."""
        return not answers(self.host, self.port)

    def is_healthy(self) -> bool:
        return self._answers("/api/health")

    def accepts_our_key(self) -> bool:
        """Return whether the server accepts our key, which /api/health does not require."""
        return self._answers("/api/admin/version")

    def has_work_pool(self, name: str) -> bool:
        return self._answers(f"/api/work_pools/{name}")

    def make_work_pool(self, name: str) -> None:
        """Create a work pool of type `process` with Prefect's default template, if missing."""
        if self.has_work_pool(name):
            return
        workers = self.ask("GET", "/api/collections/views/aggregate-worker-metadata")
        template = workers["prefect"]["process"]["default_base_job_configuration"]
        pool = {"name": name, "type": "process", "base_job_template": template}
        try:
            self.ask("POST", "/api/work_pools/", pool)
        except http.client.HTTPException:
            # A worker that starts at the same time may have created the pool.
            if not self.has_work_pool(name):
                raise

    def limit_queue(self, pool: str, name: str) -> None:
        """Limit a work queue to one run at a time; the other runs wait in it."""
        queues = f"/api/work_pools/{pool}/queues"
        if self._answers(f"{queues}/{name}"):
            self.ask("PATCH", f"{queues}/{name}", {"concurrency_limit": 1})
        else:
            self.ask("POST", queues, {"name": name, "concurrency_limit": 1})

    def _answers(self, path: str) -> bool:
        try:
            self.ask("GET", path)
        except (OSError, http.client.HTTPException):
            return False
        return True

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Return the parsed answer of the server; retry while it answers 503.

        Raises:
            HTTPException: the answer is an error (400 or above).

        """
        status, content = self._send(method, path, body)
        for _ in range(TRIES):
            if status != http.client.SERVICE_UNAVAILABLE:
                break
            time.sleep(SECONDS_BETWEEN_TRIES)
            status, content = self._send(method, path, body)
        if status >= http.client.BAD_REQUEST:
            raise http.client.HTTPException(f"{method} {path}: {status} {content!r}")
        return json.loads(content) if content else None

    def _send(self, method: str, path: str, body: dict[str, Any] | None) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=30)
        try:
            headers = {"Content-Type": "application/json", **self.headers}
            connection.request(method, path, json.dumps(body) if body else None, headers)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()


def answers(host: str, port: int) -> bool:
    """Return whether a process listens at an address."""
    with socket.socket() as probe:
        try:
            return probe.connect_ex((host, port)) == 0
        except OSError:  # the name cannot be resolved
            return False


def port() -> int:
    """Return the port that is set for Prefect; raises PrefectNotRunning for an invalid port."""
    text = os.environ.get("JUNHENG_PREFECT_PORT") or DEFAULT_PORT
    if not text.isascii() or not text.isdigit() or not 0 < int(text) <= HIGHEST_PORT:
        raise PrefectNotRunning(wording.packaged().server.no_port.format(port=text))
    return int(text)


def listening_host(auth: str | None) -> str:
    """Return the address to listen on; raises PrefectNotRunning if it is public without a key."""
    host = os.environ.get("JUNHENG_PREFECT_HOST") or HOST
    is_open = auth is None or auth.endswith(f":{PLACEHOLDER}")
    if is_open and not _is_loopback(host):
        raise PrefectNotRunning(wording.packaged().server.unprotected.format(host=host))
    return host


def refuse_gate_settings() -> None:
    """Refuse the settings of the sign-in gate of older versions; raises PrefectNotRunning."""
    for name in ("JUNHENG_GATE_HOST", "JUNHENG_GATE_PORT"):
        if os.environ.get(name):
            host = os.environ.get("JUNHENG_PREFECT_HOST") or HOST
            gone = wording.packaged().server.gate_gone
            raise PrefectNotRunning(gone.format(name=name, host=host, port=port()))


def own(auth: str | None) -> PrefectServer:
    """Return the server that this machine runs, as its own processes reach it.

    Raises:
        PrefectNotRunning: its port is invalid, or it would be open to the network without a key.

    """
    host = listening_host(auth)
    return PrefectServer(port(), HOST if host in EVERYWHERE else host, auth)


def configured() -> PrefectServer:
    """Return the server that PREFECT_API_URL names, otherwise the one of this machine."""
    auth = os.environ.get("PREFECT_API_AUTH_STRING") or None
    named = urlsplit(os.environ.get("PREFECT_API_URL", ""))
    if named.hostname is None:
        return own(auth)
    return PrefectServer(named.port or port(), named.hostname, auth)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
