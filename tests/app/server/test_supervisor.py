"""What `junheng up` deploys and starts, and that nothing of it stays behind."""

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
    """Run `up` once for these tests, end it as Ctrl-C would, and look behind it."""
    home = tmp_path_factory.mktemp("office") / "home"
    databases.ready(home)
    with RunningOffice(home, databases.settings_of(home)) as running:
        yield running
    assert running.returned == 0
    assert not processes_that_know(str(home))


def notices(office: RunningOffice, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Return every card of the office with how it stands."""
    databases.move_in(office.home, monkeypatch)
    with bootstrap.session() as session:
        return [(row.key, row.status) for row in notices_store.listing(session, "370405")]


def times_of(office: RunningOffice, deployment: str) -> list[tuple[str, str]]:
    """Return when each completed run of a deployment began and ended, in their order."""
    asked = {
        "deployments": {"name": {"any_": [deployment]}},
        "flow_runs": {"state": {"type": {"any_": ["COMPLETED"]}}},
    }
    runs = office.ask("/flow_runs/filter", asked)
    return sorted((run["start_time"], run["end_time"]) for run in runs)


@needs_proc
def test_the_timetable_is_planned(office: RunningOffice) -> None:
    deadline = time.monotonic() + 90
    while "daily-chase" not in office.planned():
        assert time.monotonic() < deadline, "Prefect's scheduler plans nothing"
        time.sleep(1)


@needs_proc
def test_a_run_started_from_outside_completes(office: RunningOffice) -> None:
    assert office.deployments().keys() == {deployment["name"] for deployment in DEPLOYMENTS}
    begun_by = {one["job_variables"]["command"] for one in office.ask("/deployments/filter", {})}
    assert begun_by == {shlex.join(set_up.RUN)}

    # As "Quick run" does in the UI.
    state = office.end_of(office.start("sample-round"))

    assert state["type"] == "COMPLETED", state["message"]
    shown = office.artifacts()
    assert {"register-2025", "verdicts-2025", "remediations-2025", "sign-off-1"} <= shown.keys()


@needs_proc
def test_the_form_that_the_round_points_to_is_answered_with_a_name_alone(
    office: RunningOffice,
) -> None:
    form = f"/deployments/deployment/{office.deployments()['sign-off']}/run?parameters="
    assert form in office.artifacts()["sign-off-1"]

    state = office.end_of(office.start("sign-off", by="张三"))

    assert state["type"] == "COMPLETED", state["message"]
    assert "张三于" in office.artifacts()["sign-off-1"]


@needs_proc
def test_what_writes_the_ledger_waits_in_one_queue(office: RunningOffice) -> None:
    queues = office.ask("/work_pools/junheng/queues/filter", {})

    assert {one["name"]: one["concurrency_limit"] for one in queues}["ledger"] == 1


@needs_proc
def test_the_work_pool_is_made_once_with_the_form_that_its_workers_bring(
    office: RunningOffice,
) -> None:
    [before] = office.ask("/work_pools/filter", {})

    set_up.make_room(PrefectServer(office.port, auth=KEY))

    assert office.ask("/work_pools/filter", {}) == [before]
    form, of_worker = before["base_job_template"], ProcessWorker.get_default_base_job_template()
    assert form["job_configuration"] == of_worker["job_configuration"]
    assert form["variables"]["properties"].keys() == of_worker["variables"]["properties"].keys()


@needs_proc
def test_after_two_weeks_of_silence_many_chases_tell_everybody_once_one_at_a_time(
    office: RunningOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    databases.move_in(office.home, monkeypatch)

    told = many_chases.cards_by_recipient(office, many_chases.after_the_outage(), count=3)

    assert set(told.values()) == {1}
    chases = times_of(office, "daily-chase")
    assert len(chases) == 3
    for (began, ended), (next_began, _) in pairwise(chases):
        assert began < ended <= next_began


@needs_proc
def test_a_round_of_the_same_folder_again_changes_no_card(
    office: RunningOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = notices(office, monkeypatch)

    state = office.end_of(office.start("sample-round"))

    assert state["type"] == "COMPLETED", state["message"]
    assert notices(office, monkeypatch) == before


@pytest.mark.parametrize("port", ["abc", "0", "70000", "４２００"])
def test_a_port_that_is_none_is_said_in_one_line(
    port: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.server.prefect_client import PrefectNotRunning
    from app.server.supervisor import up

    monkeypatch.setenv("JUNHENG_PREFECT_PORT", port)

    with pytest.raises(PrefectNotRunning, match=f"写的是“{port}”，应为 1 到 65535 的端口号"):
        up(lambda line: None)
