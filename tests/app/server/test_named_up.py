"""`junheng up` with named users: operations have names, and dead runs are detected."""

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

from app.server.prefect_client import PrefectServer
from junheng.settings import PROJECT_ROOT
from tests import databases, old_users
from tests.app.server.an_office import KEY, RunningOffice, processes_that_know
from tests.app.server.guard.a_guard import SPRING
from tests.fakes import FakeSlack

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/environ").exists(), reason="needs /proc to look behind"
)
SAMPLES = PROJECT_ROOT / "samples"
LONGEST_UNTIL_BACK = 90
# The watch marks a dead run at its second look, and sends the alarm at the third at the latest.
LONGEST_UNTIL_CRASHED, LONGEST_UNTIL_ALARM = 60, 120


@dataclass(frozen=True)
class Office:
    """A `junheng up` with its home, the client of a user and the operators' channel."""

    home: Path
    pid: int
    person: httpx.Client
    prefect: PrefectServer
    slack: FakeSlack

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        answer = self.person.post(f"/api{path}", json=body or {})
        assert answer.is_success, answer.text
        return answer.json()

    def start_round(self) -> str:
        deployed = {
            deployment["name"]: deployment["id"] for deployment in self.ask("/deployments/filter")
        }
        order = {"parameters": {"year": 2025, "folder": f"{SAMPLES}/2025"}}
        run: str = self.ask(f"/deployments/{deployed['annual-round']}/create_flow_run", order)["id"]
        return run

    def state(self, run: str) -> str:
        """Return the state of a run, '' while a busy server does not answer."""
        try:
            answer = self.person.get(f"/api/flow_runs/{run}")
        except httpx.TransportError:  # the server is being restarted
            return ""
        return str(answer.json()["state"]["type"]) if answer.is_success else ""

    def is_open(self) -> bool:
        """Return whether the server answers."""
        try:
            return self.person.post("/api/deployments/filter", json={}).is_success
        except httpx.TransportError:
            return False

    def renews_its_lease(self, run: str) -> bool:
        """Renew the concurrency lease of a run, as the run itself does."""
        details = self.prefect.ask("GET", f"/api/flow_runs/{run}")["state"]["state_details"]
        lease = details["deployment_concurrency_lease_id"]
        path = f"/api/v2/concurrency_limits/leases/{lease}/renew"
        self.prefect.ask("POST", path, {"lease_duration": 300})
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
    # The users file of an older version, which `up` imports.
    old_users.write(home / "users.yaml", 张三=SPRING)
    databases.ready(home)
    with FakeSlack() as slack:
        settings = databases.settings_of(home) | {
            "JUNHENG_CHANNEL": "file",
            "JUNHENG_ALARM_ADDRESS": "slack:#值班",
            "JUNHENG_SLACK_TOKEN": "xoxb-test",
            "JUNHENG_SLACK_BASE_URL": slack.url,
        }
        with RunningOffice(home, settings) as running:
            address = f"http://127.0.0.1:{running.port}"
            with httpx.Client(base_url=address, trust_env=False, timeout=60) as person:
                person.post("/sign-in", data={"name": "张三", "password": SPRING})
                prefect = PrefectServer(running.port, auth=KEY)
                yield Office(home, running.pid, person, prefect, slack)
    assert running.returned == 0
    assert not processes_that_know(str(home))


def children(pid: int) -> list[int]:
    """Return the descendants of a process, parents first."""
    listed = proc_file(pid, f"task/{pid}/children")
    return [
        descendant for child in map(int, listed.split()) for descendant in (child, *children(child))
    ]


def command(pid: int) -> str:
    return proc_file(pid, "cmdline").replace("\0", " ")


def proc_file(pid: int, name: str) -> str:
    """Return a file of a process below /proc, '' if the process has ended."""
    try:
        return Path(f"/proc/{pid}/{name}").read_text("utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def worker_of(up: int) -> int:
    return process_of(up, "worker start")


def process_of(up: int, words: str) -> int:
    """Return the process of `up` with these words in its command, 0 if there is none."""
    return next((pid for pid in children(up) if words in command(pid)), 0)


def kill_and_wait_for_restart(office: Office, words: str) -> None:
    killed = process_of(office.pid, words)
    # os.kill(0) would kill all processes of the tests.
    assert killed, words
    os.kill(killed, signal.SIGKILL)
    office.until(lambda: process_of(office.pid, words) not in {0, killed}, LONGEST_UNTIL_BACK)


def operations(home: Path) -> list[str]:
    listed = subprocess.run(
        [sys.executable, "-m", "app.cli.app", "audit", "operations", "--format", "csv"],
        env=os.environ | databases.settings_of(home),
        capture_output=True,
        check=True,
        cwd=PROJECT_ROOT,
        text=True,
    )
    return listed.stdout.splitlines()[1:]


def test_a_request_without_a_sign_in_is_refused(office: Office) -> None:
    for path in ("/", "/api/admin/version"):
        assert httpx.get(f"{office.prefect.address}{path}").status_code == 401


def test_a_run_of_a_killed_worker_crashes_with_one_alarm_and_frees_its_slot(
    office: Office, record_property: Callable[[str, object], None]
) -> None:
    run = office.start_round()
    office.until(lambda: office.state(run) == "RUNNING", 60)
    waiting = office.start_round()

    worker = worker_of(office.pid)
    for pid in (worker, *children(worker)):
        os.kill(pid, signal.SIGKILL)
    crashed = office.until(lambda: office.state(run) == "CRASHED", LONGEST_UNTIL_CRASHED)
    alarmed = crashed + office.until(lambda: bool(office.slack.messages), LONGEST_UNTIL_ALARM)
    office.until(lambda: office.state(waiting) == "COMPLETED", 120)

    record_property("seconds until crash and alarm", (round(crashed), round(alarmed)))
    [message] = office.slack.messages
    assert "年度监测" in message["text"]
    assert f"/runs/flow-run/{run}" in message["text"]
    done = operations(office.home)
    assert [line.split(",")[1:4] for line in done[:2]] == [
        ["张三", "run", "annual-round"],
        ["张三", "begun", "annual-round"],
    ]
    assert run in done[1]


def test_a_run_survives_a_restart_of_the_server_without_double_steps(
    office: Office,
) -> None:
    messages = len(office.slack.messages)
    run = office.start_round()
    office.until(lambda: office.state(run) == "RUNNING", 90)
    time.sleep(2)  # until the run executes steps

    kill_and_wait_for_restart(office, "app.server.guard.serve")
    office.until(office.is_open, LONGEST_UNTIL_BACK)
    assert office.renews_its_lease(run)
    office.until(lambda: office.state(run) in {"COMPLETED", "FAILED", "CRASHED"}, 180)

    assert office.state(run) == "COMPLETED"
    assert office.person.get(f"/api/flow_runs/{run}").json()["run_count"] == 1
    of_run = {"flow_runs": {"id": {"any_": [run]}}}

    def steps() -> list[tuple[str, str]]:
        task_runs = office.ask("/task_runs/filter", of_run)
        return sorted((run["name"].rsplit("-", 1)[0], run["state_type"]) for run in task_runs)

    # The run keeps the events of its steps until the server accepts them.
    office.until(lambda: {state for _, state in steps()} == {"COMPLETED"}, 60)
    names = [name for name, _ in steps()]
    assert len(names) == len(set(names))
    assert {"收取报送", "评估判定", "判定报告"} < set(names)
    assert len(office.slack.messages) == messages


def test_a_killed_worker_and_server_are_restarted(office: Office) -> None:
    for words in ("worker start", "app.server.guard.serve"):
        kill_and_wait_for_restart(office, words)
    office.until(office.is_open, LONGEST_UNTIL_BACK)

    run = office.start_round()

    office.until(lambda: office.state(run) == "COMPLETED", 180)
