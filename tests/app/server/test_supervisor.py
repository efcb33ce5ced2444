"""`junheng up`: its deployments and runs, and that no process is left behind."""

import shlex
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from prefect.workers.process import ProcessWorker
from ruamel.yaml import YAML

from app.server import set_up
from app.server.prefect_client import PrefectServer
from junheng import bootstrap
from junheng.settings import PROJECT_ROOT
from junheng.store import notices as notices_store
from tests import databases
from tests.app.server.an_office import KEY, RunningOffice, processes_that_know
from tests.soak import many_chases

DEPLOYMENTS: list[dict[str, Any]] = YAML(typ="safe").load(PROJECT_ROOT / "deployments.yaml")[
    "deployments"
]
needs_proc = pytest.mark.skipif(
    not Path("/proc/self/environ").exists(), reason="needs /proc to look behind"
)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningOffice]:
    """Run `up` once for these tests, end it by SIGINT, and check that no process is left."""
    home = tmp_path_factory.mktemp("office") / "home"
    databases.ready(home)
    with RunningOffice(home, databases.settings_of(home)) as running:
        yield running
    assert running.returned == 0
    assert not processes_that_know(str(home))


def notices(office: RunningOffice, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Return the key and status of every card of the office."""
    databases.move_in(office.home, monkeypatch)
    with bootstrap.session() as session:
        return [(row.key, row.status) for row in notices_store.listing(session, "370405")]


def times_of(office: RunningOffice, deployment: str) -> list[tuple[str, str]]:
    """Return the start and end times of a deployment's completed runs, sorted."""
    completed = {
        "deployments": {"name": {"any_": [deployment]}},
        "flow_runs": {"state": {"type": {"any_": ["COMPLETED"]}}},
    }
    runs = office.ask("/flow_runs/filter", completed)
    return sorted((run["start_time"], run["end_time"]) for run in runs)


@needs_proc
def test_the_schedules_create_runs(office: RunningOffice) -> None:
    deadline = time.monotonic() + 90
    while "daily-chase" not in office.scheduled():
        assert time.monotonic() < deadline, "Prefect's scheduler created no run"
        time.sleep(1)


@needs_proc
def test_a_run_started_over_the_api_completes(office: RunningOffice) -> None:
    assert office.deployments().keys() == {deployment["name"] for deployment in DEPLOYMENTS}
    deployments = office.ask("/deployments/filter", {})
    commands = {deployment["job_variables"]["command"] for deployment in deployments}
    assert commands == {shlex.join(set_up.RUN)}

    # Like "Quick run" in the UI.
    state = office.end_of(office.start("sample-round"))

    assert state["type"] == "COMPLETED", state["message"]
    shown = office.artifacts()
    assert {"register-2025", "verdicts-2025", "remediations-2025", "sign-off-1"} <= shown.keys()


@needs_proc
def test_the_sign_off_form_needs_only_a_name(
    office: RunningOffice,
) -> None:
    form = f"/deployments/deployment/{office.deployments()['sign-off']}/run?parameters="
    assert form in office.artifacts()["sign-off-1"]

    state = office.end_of(office.start("sign-off", by="张三"))

    assert state["type"] == "COMPLETED", state["message"]
    assert "张三于" in office.artifacts()["sign-off-1"]


@needs_proc
def test_the_queue_of_the_ledger_is_limited_to_one_run(office: RunningOffice) -> None:
    queues = office.ask("/work_pools/junheng/queues/filter", {})

    assert {queue["name"]: queue["concurrency_limit"] for queue in queues}["ledger"] == 1


@needs_proc
def test_the_work_pool_is_created_once_with_the_workers_template(
    office: RunningOffice,
) -> None:
    [before] = office.ask("/work_pools/filter", {})

    set_up.make_work_pool(PrefectServer(office.port, auth=KEY))

    assert office.ask("/work_pools/filter", {}) == [before]
    template = before["base_job_template"]
    default = ProcessWorker.get_default_base_job_template()
    assert template["job_configuration"] == default["job_configuration"]
    assert template["variables"]["properties"].keys() == default["variables"]["properties"].keys()


@needs_proc
def test_many_chases_after_an_outage_run_one_at_a_time_and_send_each_card_once(
    office: RunningOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    databases.move_in(office.home, monkeypatch)

    cards = many_chases.cards_by_recipient(office, many_chases.after_the_outage(), count=3)

    assert set(cards.values()) == {1}
    chases = times_of(office, "daily-chase")
    assert len(chases) == 3
    for (began, ended), (next_began, _) in pairwise(chases):
        assert began < ended <= next_began


@needs_proc
def test_a_second_round_of_the_same_folder_changes_no_card(
    office: RunningOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = notices(office, monkeypatch)

    state = office.end_of(office.start("sample-round"))

    assert state["type"] == "COMPLETED", state["message"]
    assert notices(office, monkeypatch) == before


@pytest.mark.parametrize("port", ["abc", "0", "70000", "４２００"])
def test_an_invalid_port_is_refused_in_one_line(port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.server.prefect_client import PrefectNotRunning
    from app.server.supervisor import up

    monkeypatch.setenv("JUNHENG_PREFECT_PORT", port)

    with pytest.raises(PrefectNotRunning, match=f"写的是“{port}”，应为 1 到 65535 的端口号"):
        up(lambda line: None)
