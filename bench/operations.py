"""The operator's waits: an empty home to a finished round, and a chase that owes nothing.

Everything runs as an office runs it: `junheng up` with its server, worker and deployments.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console

GOAL_ROUND_SECONDS, GOAL_CHASE_SECONDS, GOAL_CHASE_MB = 90.0, 10.0, 400
KEPT = {True: "kept", False: "missed"}
PLAIN = "import prefect, great_expectations"
SERVE = "from flows.up import up; up(lambda line: print(line, flush=True))"
LONGEST_SECONDS = 300
PAUSE_SECONDS = 0.1
BYTES_IN_MB = 1024
console = Console(highlight=False)


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a deployment: what it took from the asking on, and how large its process grew."""

    seconds: float
    waited_seconds: float
    peak_mb: int
    steps: Mapping[str, float]


def main() -> None:
    """Print both waits with their parts, beside the bare imports in the same minute."""
    plain = _timed_plain()
    with tempfile.TemporaryDirectory() as folder:
        started = time.monotonic()
        with _serving(Path(folder)) as port:
            up = time.monotonic() - started
            annual = _run(port, "annual-round")
            whole = time.monotonic() - started
            chase = _run(port, "daily-chase")
    console.print(f"bare imports of Prefect and Great Expectations   {plain:.1f} s")
    console.print(f"make up, empty home, until it serves             {up:.1f} s")
    _print("annual-round", annual)
    _print("daily-chase, nothing owed", chase)
    is_quick = whole < GOAL_ROUND_SECONDS
    console.print(
        f"make up to a finished round   {whole:.1f} s   ratio {whole / plain:.1f}"
        f"   goal under {GOAL_ROUND_SECONDS:.0f} s: {KEPT[is_quick]}"
    )
    # Prefect's worker looks for work every few seconds: that wait is no cost of the chase.
    cost = chase.seconds - chase.waited_seconds
    is_cheap = cost < GOAL_CHASE_SECONDS and chase.peak_mb < GOAL_CHASE_MB
    console.print(
        f"daily-chase   {cost:.1f} s and {chase.peak_mb} MB   ratio {cost / plain:.1f}"
        f"   goal under {GOAL_CHASE_SECONDS:.0f} s and {GOAL_CHASE_MB} MB: {KEPT[is_cheap]}"
    )


def _timed_plain() -> float:
    started = time.monotonic()
    subprocess.run([sys.executable, "-c", PLAIN], check=True)  # noqa: S603 - our own interpreter
    return time.monotonic() - started


@contextmanager
def _serving(home: Path) -> Iterator[int]:
    """Run `junheng up` in a home and yield its port once it serves; end it as Ctrl-C does."""
    port = _free_port()
    environment = {key: value for key, value in os.environ.items() if "PREFECT" not in key}
    given = {"JUNHENG_HOME": str(home / "home"), "JUNHENG_PREFECT_PORT": str(port)}
    serving = subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", SERVE], env=environment | given, stdout=subprocess.PIPE, text=True
    )
    try:
        if serving.stdout is None or not any(str(port) in line for line in serving.stdout):
            message = "it ended before it served"
            raise RuntimeError(message)
        yield port
    finally:
        serving.send_signal(signal.SIGINT)
        serving.communicate()


def _free_port() -> int:
    with socket.socket() as probing:
        probing.bind(("127.0.0.1", 0))
        return int(probing.getsockname()[1])


def _run(port: int, name: str) -> Run:
    """Start a deployment as the UI's "Quick run" does and watch it to its end."""
    [deployment] = [one for one in _ask(port, "/deployments/filter", {}) if one["name"] == name]
    asked = time.monotonic()
    run = _ask(port, f"/deployments/{deployment['id']}/create_flow_run", {})
    began, peak = None, 0
    while run["state"]["type"] not in {"COMPLETED", "FAILED", "CRASHED"}:
        if time.monotonic() - asked > LONGEST_SECONDS:
            raise TimeoutError(name)
        process = _process_of(run["id"])
        if process is not None:
            began = began or time.monotonic()
            peak = max(peak, _peak_mb(process))
        time.sleep(PAUSE_SECONDS)
        [run] = _ask(port, "/flow_runs/filter", {"flow_runs": {"id": {"any_": [run["id"]]}}})
    if run["state"]["type"] != "COMPLETED":
        raise RuntimeError(run["state"]["message"])
    seconds = time.monotonic() - asked
    return Run(seconds, (began or asked) - asked, peak, _steps(port, run["id"]))


def _steps(port: int, run_id: str) -> dict[str, float]:
    listed = _ask(port, "/task_runs/filter", {"flow_runs": {"id": {"any_": [run_id]}}})
    return {
        one["name"].rsplit("-", 1)[0]: one["total_run_time"]
        for one in sorted(listed, key=lambda one: _instant(one["start_time"]))
    }


def _instant(said: str) -> datetime:
    return datetime.fromisoformat(said)


def _process_of(run_id: str) -> Path | None:
    """Return the process that works on a run: its environment names it."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if run_id.encode() in (process / "environ").read_bytes():
                return process
        except OSError:  # it ended meanwhile
            continue
    return None


def _peak_mb(process: Path) -> int:
    try:
        lines = (process / "status").read_text("utf-8").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) // BYTES_IN_MB for line in lines if "VmHWM" in line), 0)


def _ask(port: int, path: str, body: Mapping[str, Any]) -> Any:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api{path}",
        json.dumps(body).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - our own server
        return json.load(answer)


def _print(name: str, run: Run) -> None:
    console.print(
        f"{name}   {run.seconds:.1f} s, of them {run.waited_seconds:.1f} s until its process began;"
        f" {run.peak_mb} MB"
    )
    for step, seconds in run.steps.items():
        console.print(f"    {step} {seconds:.1f} s")


if __name__ == "__main__":
    main()
