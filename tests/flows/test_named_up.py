"""`junheng up` with named users, as it runs: who did it, and what becomes of a run that dies."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.sync.client import connect

from flows import automations
from flows.server import PrefectServer
from junheng.settings import PROJECT_ROOT
from tests import databases, old_users
from tests.fakes import FakeSlack
from tests.flows.an_office import RunningOffice, free_port, processes_that_know

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/environ").exists(), reason="needs /proc to look behind"
)
SPRING = "春天的操场很大很大"
ZHANG = ("张三".encode(), SPRING.encode())
SAMPLES = PROJECT_ROOT / "tests" / "data" / "submissions"
# As it is in the office with `make soak`; else a run is given up after half a heartbeat.
IS_SOAK = "SOAK" in os.environ
SILENT = automations.SILENT_SECONDS if IS_SOAK else 15
LONGEST_UNTIL_BACK = 90
LONGEST_UNTIL_CRASHED, LONGEST_UNTIL_TOLD = (120, 150) if IS_SOAK else (45, 90)


@dataclass(frozen=True)
class Office:
    """A `junheng up` with its home, its gate and the operators' channel."""

    home: Path
    pid: int
    gate: httpx.Client
    prefect: PrefectServer
    slack: FakeSlack

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        answer = self.gate.post(f"/api{path}", json=body or {})
        assert answer.is_success, answer.text
        return answer.json()

    def start_round(self) -> str:
        deployed = {one["name"]: one["id"] for one in self.ask("/deployments/filter")}
        order = {"parameters": {"year": 2025, "folder": f"{SAMPLES}/2025"}}
        run: str = self.ask(f"/deployments/{deployed['annual-round']}/create_flow_run", order)["id"]
        return run

    def state(self, run: str) -> str:
        """Return where a run stands, '' while a busy server does not say."""
        try:
            answer = self.gate.get(f"/api/flow_runs/{run}")
        except httpx.TransportError:  # the gate itself is being begun again
            return ""
        return str(answer.json()["state"]["type"]) if answer.is_success else ""

    def is_open(self) -> bool:
        """Return whether gate and server answer."""
        try:
            return self.gate.post("/api/deployments/filter", json={}).is_success
        except httpx.TransportError:
            return False

    def renews_its_place(self, run: str) -> bool:
        """Renew the place that a run has as the only one of its deployment, as the run does."""
        found = self.prefect.ask("GET", f"/api/flow_runs/{run}")["state"]["state_details"]
        lease = found["deployment_concurrency_lease_id"]
        renewed = f"/api/v2/concurrency_limits/leases/{lease}/renew"
        self.prefect.ask("POST", renewed, {"lease_duration": 300})
        return True

    def until(self, is_so: Callable[[], bool], seconds: float) -> float:
        began = time.monotonic()
        while not is_so():
            assert time.monotonic() - began < seconds
            time.sleep(0.5)
        return time.monotonic() - began


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    home = tmp_path_factory.mktemp("named") / "home"
    # As an older version left it: `up` imports it.
    old_users.write(home / "users.yaml", 张三=SPRING)
    databases.ready(home)
    gate_port = free_port()
    with FakeSlack() as slack:
        settings = databases.settings_of(home) | {
            "JUNHENG_GATE_PORT": str(gate_port),
            "JUNHENG_CHANNEL": "file",
            "JUNHENG_ALARM_ADDRESS": "slack:#值班",
            "JUNHENG_SLACK_TOKEN": "xoxb-test",
            "JUNHENG_SLACK_BASE_URL": slack.url,
        }
        with RunningOffice(home, settings, people_come_to=gate_port) as running:
            secret = environment_of(running.pid)["PREFECT_API_AUTH_STRING"]
            gate = httpx.Client(
                base_url=f"http://127.0.0.1:{gate_port}",
                auth=ZHANG,
                trust_env=False,
                headers={"accept": "text/html"},
                timeout=60,
            )
            with gate:
                prefect = PrefectServer(running.port, auth=secret)
                yield Office(home, running.pid, gate, prefect, slack)
    assert running.returned == 0
    assert not processes_that_know(str(home))


def children(pid: int) -> list[int]:
    """Return the processes under one, from the top down."""
    listed = told_of(pid, f"task/{pid}/children")
    return [one for child in map(int, listed.split()) for one in (child, *children(child))]


def command(pid: int) -> str:
    return told_of(pid, "cmdline").replace("\0", " ")


def told_of(pid: int, what: str) -> str:
    """Return what the system says of a process, nothing of one that has just ended."""
    try:
        return Path(f"/proc/{pid}/{what}").read_text("utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def environment_of(up: int) -> dict[str, str]:
    worker = worker_of(up)
    pairs = Path(f"/proc/{worker}/environ").read_text("utf-8").split("\0")
    return dict(pair.split("=", 1) for pair in pairs if "=" in pair)


def worker_of(up: int) -> int:
    return process_of(up, "worker start")


def process_of(up: int, what: str) -> int:
    """Return the process of `up` with this in its command, 0 while there is none."""
    return next((pid for pid in children(up) if what in command(pid)), 0)


def killed_and_begun_again(office: Office, what: str) -> None:
    killed = process_of(office.pid, what)
    # 0 would mean all the processes of the tests.
    assert killed, what
    os.kill(killed, signal.SIGKILL)
    office.until(lambda: process_of(office.pid, what) not in {0, killed}, LONGEST_UNTIL_BACK)


def operations(home: Path) -> list[str]:
    listed = subprocess.run(
        [sys.executable, "-m", "flows.cli", "audit", "operations", "--format", "csv"],
        env=os.environ | databases.settings_of(home),
        capture_output=True,
        check=True,
        cwd=PROJECT_ROOT,
        text=True,
    )
    return listed.stdout.splitlines()[1:]


def test_prefect_itself_lets_nobody_in_who_does_not_come_through_the_gate(office: Office) -> None:
    past_it = httpx.post(f"{office.prefect.address}/api/flow_runs/filter", json={})
    stranger = httpx.get(f"{office.gate.base_url}/")

    assert (past_it.status_code, stranger.status_code) == (401, 401)


def test_an_open_page_hears_what_happens(office: Office) -> None:
    office.gate.get("/ui-settings")
    cookie = "; ".join(f"{name}={value}" for name, value in office.gate.cookies.items())
    url = str(office.gate.base_url).replace("http", "ws", 1)

    with connect(
        f"{url}/api/events/out",
        subprotocols=["prefect"],  # type: ignore[list-item]
        additional_headers={"cookie": cookie},
    ) as page:
        page.send(json.dumps({"type": "auth", "token": None}))

        assert json.loads(page.recv(timeout=10)) == {"type": "auth_success"}


def test_automations_set_up_again_are_the_same_and_what_others_made_stays(office: Office) -> None:
    def named() -> list[tuple[str, str]]:
        found = office.prefect.ask("POST", "/api/automations/filter", {"limit": 200})
        return sorted((one["name"], one["id"]) for one in found)

    before = named()
    theirs = automations.declared("0" * 32, silent=90, starting=110)[0]
    office.prefect.ask("POST", "/api/automations/", theirs | {"name": "值班自建", "tags": []})
    office.prefect.ask("POST", "/api/automations/", theirs | {"name": "从前的"})

    for _ in range(2):
        automations.set_up(office.prefect)

    assert [one for one in named() if one[0] != "值班自建"] == before
    assert "值班自建" in dict(named())


def test_a_run_whose_worker_is_killed_is_found_told_of_once_and_makes_room(
    office: Office, record_property: Callable[[str, object], None]
) -> None:
    automations.set_up(office.prefect, silent=SILENT)
    run = office.start_round()
    office.until(lambda: office.state(run) == "RUNNING", 60)
    time.sleep(2)  # until its first heartbeat has arrived
    waiting = office.start_round()

    worker = worker_of(office.pid)
    for pid in (worker, *children(worker)):
        os.kill(pid, signal.SIGKILL)
    crashed = office.until(lambda: office.state(run) == "CRASHED", LONGEST_UNTIL_CRASHED)
    automations.set_up(office.prefect)
    told = crashed + office.until(lambda: bool(office.slack.messages), LONGEST_UNTIL_TOLD)
    office.until(lambda: office.state(waiting) == "COMPLETED", 120)

    record_property("seconds until crashed and told", (round(crashed), round(told)))
    [message] = office.slack.messages
    assert "年度监测" in message["text"]
    assert f"/runs/flow-run/{run}" in message["text"]
    done = operations(office.home)
    assert [line.split(",")[1:4] for line in done[:2]] == [
        ["张三", "run", "annual-round"],
        ["张三", "begun", "annual-round"],
    ]
    assert run in done[1]


def test_a_run_goes_on_while_the_server_is_begun_again_and_nothing_is_doubled(
    office: Office,
) -> None:
    messages = len(office.slack.messages)
    run = office.start_round()
    office.until(lambda: office.state(run) == "RUNNING", 90)
    time.sleep(2)  # until it is at work

    killed_and_begun_again(office, "server start")
    office.until(office.is_open, LONGEST_UNTIL_BACK)
    assert office.renews_its_place(run)
    office.until(lambda: office.state(run) in {"COMPLETED", "FAILED", "CRASHED"}, 180)

    assert office.state(run) == "COMPLETED"
    assert office.gate.get(f"/api/flow_runs/{run}").json()["run_count"] == 1
    of_run = {"flow_runs": {"id": {"any_": [run]}}}

    def steps() -> list[tuple[str, str]]:
        found = office.ask("/task_runs/filter", of_run)
        return sorted((one["name"].rsplit("-", 1)[0], one["state_type"]) for one in found)

    # What a step tells of itself lies with the run until the server hears it.
    office.until(lambda: {state for _, state in steps()} == {"COMPLETED"}, 60)
    names = [name for name, _ in steps()]
    assert len(names) == len(set(names))
    assert {"收取报送", "评估判定", "判定报告"} < set(names)
    assert len(office.slack.messages) == messages


def test_worker_gate_and_server_come_back_when_they_are_killed(office: Office) -> None:
    for what in ("worker start", "flows.cli gate", "server start"):
        killed_and_begun_again(office, what)
    office.until(office.is_open, LONGEST_UNTIL_BACK)

    run = office.start_round()

    office.until(lambda: office.state(run) == "COMPLETED", 180)
