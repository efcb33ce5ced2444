"""What `junheng up` deploys and starts, and that nothing of it stays behind."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from junheng.settings import PROJECT_ROOT

SERVE = "from flows.up import up; up(lambda line: print(line, flush=True))"
DEPLOYMENTS: list[dict[str, Any]] = YAML(typ="safe").load(PROJECT_ROOT / "deployments.yaml")[
    "deployments"
]
every_deployment = pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=lambda one: one["name"])


@every_deployment
def test_an_entry_point_is_a_flow_named_by_its_module(deployment: dict[str, Any]) -> None:
    from prefect import Flow

    module, name = deployment["entrypoint"].rsplit(".", 1)

    assert isinstance(getattr(import_module(module), name), Flow)


@every_deployment
def test_a_timetable_is_in_beijing_time(deployment: dict[str, Any]) -> None:
    assert {schedule["timezone"] for schedule in deployment["schedules"]} == {"Asia/Shanghai"}


def free_port() -> int:
    with socket.socket() as probing:
        probing.bind(("127.0.0.1", 0))
        port: int = probing.getsockname()[1]
        return port


def ask(port: int, path: str, body: dict[str, Any]) -> Any:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api{path}",
        json.dumps(body).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - our own server
        return json.load(answer)


def processes_that_know(home: Path) -> set[int]:
    """Return the processes whose environment names this home: all that `up` began."""
    knowing = set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if str(home).encode() in (process / "environ").read_bytes():
                knowing.add(int(process.name))
        except OSError:  # it ended meanwhile
            continue
    return knowing


@pytest.fixture
def port(junheng_home: Path) -> Iterator[int]:
    """Start `up` and yield its port once it says that it serves; end it as Ctrl-C would."""
    port = free_port()
    environment = {key: value for key, value in os.environ.items() if key != "PREFECT_HOME"}
    serving = subprocess.Popen(
        [sys.executable, "-c", SERVE],
        env=environment | {"JUNHENG_PREFECT_PORT": str(port), "PYTHONPATH": str(PROJECT_ROOT)},
        stdout=subprocess.PIPE,
        cwd=PROJECT_ROOT,
        text=True,
    )
    assert serving.stdout is not None
    try:
        assert any(str(port) in line for line in serving.stdout), "it ended before it served"
        yield port
    finally:
        serving.send_signal(signal.SIGINT)
        serving.communicate(timeout=90)
    assert serving.returncode == 0
    assert not processes_that_know(junheng_home)


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc to look behind")
def test_a_run_started_from_outside_completes_and_nothing_stays_behind(port: int) -> None:
    deployed = {one["name"]: one["id"] for one in ask(port, "/deployments/filter", {})}
    assert deployed.keys() == {deployment["name"] for deployment in DEPLOYMENTS}

    # As "Quick run" does in the UI: with the deployment's own parameters.
    run = ask(port, f"/deployments/{deployed['annual-round']}/create_flow_run", {})
    state = until_ended(port, run["id"])

    assert state["type"] == "COMPLETED", state["message"]
    shown = {artifact["key"] for artifact in ask(port, "/artifacts/filter", {})}
    assert {"register-2025", "verdicts-2025", "remediations-2025"} <= shown


def until_ended(port: int, run_id: str) -> dict[str, Any]:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        [run] = ask(port, "/flow_runs/filter", {"flow_runs": {"id": {"any_": [run_id]}}})
        state: dict[str, Any] = run["state"]
        if state["type"] in {"COMPLETED", "FAILED", "CRASHED"}:
            return state
        time.sleep(0.5)
    raise TimeoutError(run_id)


@pytest.mark.parametrize("port", ["abc", "0", "70000", "４２００"])
def test_a_port_that_is_none_is_said_in_one_line(
    port: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows.up import PrefectNotRunning, up

    monkeypatch.setenv("JUNHENG_PREFECT_PORT", port)

    with pytest.raises(PrefectNotRunning, match=f"写的是“{port}”，应为 1 到 65535 的端口号"):
        up(lambda line: None)
