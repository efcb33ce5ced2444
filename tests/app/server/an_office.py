"""A running office: `junheng up` on a free port, with requests as the Prefect UI sends them."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.error import HTTPError

from app.server.prefect_client import PrefectServer
from junheng.settings import PROJECT_ROOT

SERVE = "from app.server.supervisor import up; up(lambda line: print(line, flush=True))"
# `junheng up` prints this when the page is served and the deployments exist.
READY = "Prefect 已启动"
# The key of our own processes, with which a test sends requests.
KEY = "junheng:0123456789abcdef"
ENDED = frozenset({"COMPLETED", "FAILED", "CRASHED", "CANCELLED"})
# The state that the UI's Retry sets.
RETRY = {"type": "SCHEDULED", "name": "AwaitingRetry", "message": "Retry from the UI"}
PREFECTS_TABLES = Path(sys.prefix) / f"prefect-{version('prefect')}.db"
LONGEST_SECONDS = 180
ENDING_SECONDS = 90
SERVICE_UNAVAILABLE = 503
BUSY_PAUSES_SECONDS = (1, 2, 4, 8)


def lay_prefects_tables(file: Path) -> None:
    """Copy Prefect's empty tables into a home that has none, because creating them is slow."""
    if file.exists() or os.environ.get("JUNHENG_PREFECT_DATABASE_URL"):
        return
    if not PREFECTS_TABLES.exists():
        with tempfile.TemporaryDirectory(dir=PREFECTS_TABLES.parent) as folder:
            created = Path(folder) / "prefect.db"
            subprocess.run(
                [sys.executable, "-m", "prefect", "server", "database", "upgrade", "--yes"],
                env={**os.environ, "PREFECT_HOME": folder},
                stdout=subprocess.DEVNULL,
                check=True,
            )
            # Atomic, because another test process may do the same.
            created.replace(PREFECTS_TABLES)
    file.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(PREFECTS_TABLES, file)


class RunningOffice:
    """Server, worker and deployments in their own home; ended by SIGINT, like Ctrl-C."""

    def __init__(
        self,
        home: Path,
        settings: Mapping[str, str] | None = None,
        *,
        longest_seconds: int = LONGEST_SECONDS,
        serve: str = SERVE,
    ) -> None:
        self.home = home
        self._longest_seconds = longest_seconds
        self.port = free_port()
        self._settings = dict(settings or {})
        self._serve = serve
        # The output of `junheng up` until READY, each line with its monotonic time.
        self.heard: list[tuple[float, str]] = []
        self._serving: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        lay_prefects_tables(self.home / "prefect" / "prefect.db")
        own = {
            "JUNHENG_HOME": str(self.home),
            "JUNHENG_PREFECT_PORT": str(self.port),
            "PREFECT_API_AUTH_STRING": KEY,
        }
        inherited = {key: value for key, value in os.environ.items() if key != "PREFECT_HOME"}
        self._serving = subprocess.Popen(
            [sys.executable, "-c", self._serve],
            env=inherited | {"PYTHONPATH": str(PROJECT_ROOT)} | own | self._settings,
            stdout=subprocess.PIPE,
            cwd=PROJECT_ROOT,
            text=True,
        )
        if self._serving.stdout is None or not self._becomes_ready():
            self._serving.wait()
            raise RuntimeError("`junheng up` ended before it was ready")
        return self

    def _becomes_ready(self) -> bool:
        output = self._serving.stdout if self._serving is not None else None
        for line in output or ():
            self.heard.append((time.monotonic(), line))
            if READY in line:
                return True
        return False

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._serving is not None:
            self._serving.send_signal(signal.SIGINT)
            self._serving.communicate(timeout=ENDING_SECONDS)

    @property
    def pid(self) -> int:
        """Return the process id of `junheng up`."""
        assert self._serving is not None
        return self._serving.pid

    @property
    def returned(self) -> int | None:
        """Return the exit code of `junheng up`, None while it runs."""
        return None if self._serving is None else self._serving.poll()

    def ask(self, path: str, body: Mapping[str, Any]) -> Any:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api{path}",
            json.dumps(body).encode(),
            {"Content-Type": "application/json", **PrefectServer(self.port, auth=KEY).headers},
        )
        for pause in BUSY_PAUSES_SECONDS:
            try:
                return _answer(request)
            except HTTPError as error:
                # Prefect's server answers 503 while its SQLite is busy; its own clients retry too.
                if error.code != SERVICE_UNAVAILABLE:
                    raise
                time.sleep(pause)
        return _answer(request)

    def deployments(self) -> dict[str, str]:
        """Return the id of each deployment by its name."""
        return {
            deployment["name"]: deployment["id"]
            for deployment in self.ask("/deployments/filter", {})
        }

    def start(self, name: str, **parameters: object) -> str:
        """Start a deployment with parameters, like "Quick run"; return the run's id."""
        body = {"parameters": parameters} if parameters else {}
        run = self.ask(f"/deployments/{self.deployments()[name]}/create_flow_run", body)
        return str(run["id"])

    def run(self, run_id: str) -> dict[str, Any]:
        [run] = self.ask("/flow_runs/filter", {"flow_runs": {"id": {"any_": [run_id]}}})
        typed: dict[str, Any] = run
        return typed

    def end_of(self, run_id: str) -> dict[str, Any]:
        """Wait for the end of a run and return its final state."""
        deadline = time.monotonic() + self._longest_seconds
        while time.monotonic() < deadline:
            state: dict[str, Any] = self.run(run_id)["state"]
            if state["type"] in ENDED:
                return state
            time.sleep(0.2)
        raise TimeoutError(run_id)

    def scheduled(self) -> set[str]:
        """Return the names of the deployments that have a scheduled run."""
        body = {"flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}}}
        scheduled = {run["deployment_id"] for run in self.ask("/flow_runs/filter", body)}
        return {name for name, identifier in self.deployments().items() if identifier in scheduled}

    def retry(self, run_id: str) -> None:
        """Retry a run, like the UI's Retry."""
        self.ask(f"/flow_runs/{run_id}/set_state", {"state": RETRY})

    def artifacts(self) -> dict[str, str]:
        """Return the description of the newest version of each artifact by its key."""
        listed = self.ask("/artifacts/filter", {"sort": "UPDATED_DESC"})
        return {artifact["key"]: artifact["description"] for artifact in reversed(listed)}


def _answer(request: urllib.request.Request) -> Any:
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - our own server
        return json.load(answer)


def processes_that_know(mark: str) -> set[int]:
    """Return the ids of the processes whose environment contains a text, such as a home."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (process / "environ").read_bytes():
                found.add(int(process.name))
        except OSError:  # it ended meanwhile
            continue
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
