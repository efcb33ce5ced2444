"""Measures an operator's waiting times: for the page, a first round, and a chase without cards.

All processes run as in an office: `junheng up` with its server, worker and deployments.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rich.console import Console

from bench.machine import cpu_seconds, own_mb
from junheng.settings import PROJECT_ROOT
from tests.app.server.an_office import ENDED, RunningOffice, processes_that_know

GOAL_ROUND_SECONDS, GOAL_CHASE_SECONDS, GOAL_CHASE_MB = 90.0, 10.0, 400
GOAL_PAGE_SECONDS, GOAL_IDLE_MB = 30.0, 450
IDLE_SECONDS = 30
OPEN = "操作界面已可打开"
KEPT = {True: "kept", False: "missed"}
PLAIN = "import prefect, great_expectations"
SAMPLE = PROJECT_ROOT / "samples" / "2025"
PAUSE_SECONDS = 0.1
BYTES_IN_MB = 1024
console = Console(highlight=False)


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a deployment: its seconds since the request, and the peak memory."""

    seconds: float
    waited_seconds: float
    peak_mb: int
    steps: Mapping[str, float]


def main() -> None:
    """Print the waiting times with their parts, and the time of the bare imports."""
    plain = _timed_plain()
    with tempfile.TemporaryDirectory() as folder:
        started = time.monotonic()
        with RunningOffice(Path(folder) / "home") as office:
            up = time.monotonic() - started
            _print_start(office, started)
            _print_idle(office)
            began = time.monotonic()
            annual = _run(office, "annual-round", year=2025, folder=str(SAMPLE))
            whole = up + time.monotonic() - began
            signed = _run(office, "sign-off", by="创建办")
            chase = _run(office, "daily-chase")
    console.print(f"bare imports of Prefect and Great Expectations   {plain:.1f} s")
    _print("annual-round", annual)
    _print("sign-off", signed)
    _print("daily-chase, nothing owed", chase)
    is_quick = whole < GOAL_ROUND_SECONDS
    console.print(
        f"make up to a finished round   {whole:.1f} s   ratio {whole / plain:.1f}"
        f"   goal under {GOAL_ROUND_SECONDS:.0f} s: {KEPT[is_quick]}"
    )
    # Prefect's worker polls every few seconds: that wait is not a cost of the chase.
    cost = chase.seconds - chase.waited_seconds
    is_cheap = cost < GOAL_CHASE_SECONDS and chase.peak_mb < GOAL_CHASE_MB
    console.print(
        f"daily-chase   {cost:.1f} s and {chase.peak_mb} MB   ratio {cost / plain:.1f}"
        f"   goal under {GOAL_CHASE_SECONDS:.0f} s and {GOAL_CHASE_MB} MB: {KEPT[is_cheap]}"
    )


def _print_start(office: RunningOffice, started: float) -> None:
    """Print when the page and all work were ready, and the processor seconds until then."""
    page = next(moment for moment, line in office.heard if line.startswith(OPEN)) - started
    ready = office.heard[-1][0] - started
    spent = cpu_seconds(str(office.home))
    # The time of `up` includes that of the child process that registers the deployments.
    parts = ", ".join(f"{part} {seconds:.1f}" for part, seconds in sorted(spent.items()))
    load = os.getloadavg()[0]
    console.print(
        f"make up, empty home   page after {page:.1f} s, all work after {ready:.1f} s"
        f"   goal under {GOAL_PAGE_SECONDS:.0f} s: {KEPT[ready < GOAL_PAGE_SECONDS]}"
        f"   (processor seconds: {parts}; load {load:.1f})"
    )


def _print_idle(office: RunningOffice) -> None:
    """Print the memory use of the idle processes."""
    time.sleep(IDLE_SECONDS)
    used = own_mb(str(office.home))
    parts = ", ".join(f"{part} {megabytes}" for part, megabytes in sorted(used.items()))
    whole = sum(used.values())
    console.print(
        f"idle, without chat   {whole} MB ({parts})"
        f"   goal at most {GOAL_IDLE_MB} MB: {KEPT[whole <= GOAL_IDLE_MB]}"
    )


def _timed_plain() -> float:
    started = time.monotonic()
    subprocess.run([sys.executable, "-c", PLAIN], check=True)  # noqa: S603 - our own interpreter
    return time.monotonic() - started


def _run(office: RunningOffice, name: str, **parameters: object) -> Run:
    """Start a deployment as the UI's "Quick run" does and watch it to its end."""
    asked = time.monotonic()
    run_id = office.start(name, **parameters)
    began, peak = None, 0
    while (state := office.run(run_id)["state"])["type"] not in ENDED:
        for process in processes_that_know(run_id):
            began = began or time.monotonic()
            peak = max(peak, _peak_mb(process))
        time.sleep(PAUSE_SECONDS)
    if state["type"] != "COMPLETED":
        raise RuntimeError(state["message"])
    seconds = time.monotonic() - asked
    return Run(seconds, (began or asked) - asked, peak, _steps(office, run_id))


def _steps(office: RunningOffice, run_id: str) -> dict[str, float]:
    listed = office.ask("/task_runs/filter", {"flow_runs": {"id": {"any_": [run_id]}}})
    return {
        step["name"].rsplit("-", 1)[0]: step["total_run_time"]
        for step in sorted(listed, key=lambda step: datetime.fromisoformat(step["start_time"]))
    }


def _peak_mb(process: int) -> int:
    try:
        lines = Path(f"/proc/{process}/status").read_text("utf-8").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) // BYTES_IN_MB for line in lines if "VmHWM" in line), 0)


def _print(name: str, run: Run) -> None:
    console.print(
        f"{name}   {run.seconds:.1f} s, of them {run.waited_seconds:.1f} s until its process began;"
        f" {run.peak_mb} MB"
    )
    for step, seconds in run.steps.items():
        console.print(f"    {step} {seconds:.1f} s")


if __name__ == "__main__":
    main()
