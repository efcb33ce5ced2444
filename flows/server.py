"""What `junheng up` asks of its own Prefect server, over HTTP and without importing Prefect."""

import http.client
import json
import socket
from dataclasses import dataclass
from typing import Any

HOST = "127.0.0.1"
# Where a run stands while a process is at work on it.
UNDER_WAY = ("PENDING", "RUNNING", "CANCELLING")


@dataclass(frozen=True, slots=True)
class PrefectServer:
    """A Prefect server on this machine."""

    port: int

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.port}"

    def is_port_free(self) -> bool:
        """Return whether nobody listens there yet."""
        with socket.socket() as knocking:
            return knocking.connect_ex((HOST, self.port)) != 0

    def is_healthy(self) -> bool:
        return self._answers("/api/health")

    def has_work_pool(self, name: str) -> bool:
        return self._answers(f"/api/work_pools/{name}")

    def crash_abandoned_runs(self) -> None:
        """Mark the deployments' runs that no process works on any more, as none does at the start.

        A run that was killed with its worker stays Running for ever, and keeps the next run of
        its deployment waiting.
        """
        abandoned = {"state": {"type": {"any_": UNDER_WAY}}, "deployment_id": {"is_null_": False}}
        crashed = {"state": {"type": "CRASHED", "message": "运行中断：Prefect 已重新启动。"}}
        for run in self._ask("POST", "/api/flow_runs/filter", {"flow_runs": abandoned}):
            self._ask("POST", f"/api/flow_runs/{run['id']}/set_state", crashed)

    def _answers(self, path: str) -> bool:
        try:
            self._ask("GET", path)
        except (OSError, http.client.HTTPException):
            return False
        return True

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=30)
        try:
            content_type = {"Content-Type": "application/json"}
            connection.request(method, path, json.dumps(body) if body else None, content_type)
            response = connection.getresponse()
            content = response.read()
        finally:
            connection.close()
        if response.status >= http.client.BAD_REQUEST:
            raise http.client.HTTPException(f"{method} {path}: {response.status} {content!r}")
        return json.loads(content)
