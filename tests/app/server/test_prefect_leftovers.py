"""What an earlier version left in Prefect's database is cleared, and what operators made stays."""

from urllib.parse import urlsplit

import pytest
from prefect import get_client
from prefect.settings import get_current_settings

from app.server import prefect_leftovers
from app.server.prefect_client import PrefectServer
from flows.nightly_audit import nightly_audit
from tests.deployed_runs import Run

pytestmark = pytest.mark.usefixtures("prefect_server")


def automation(name: str, *tags: str) -> dict[str, object]:
    return {
        "name": name,
        "tags": list(tags),
        "trigger": {
            "type": "event",
            "posture": "Reactive",
            "expect": ["prefect.flow-run.Failed"],
            "threshold": 1,
            "within": 0,
        },
        "actions": [{"type": "do-nothing"}],
    }


@pytest.fixture
def server() -> PrefectServer:
    port = urlsplit(str(get_current_settings().api.url)).port
    assert port is not None
    return PrefectServer(port)


def test_automations_of_ours_go_and_those_of_others_stay(server: PrefectServer) -> None:
    server.ask("POST", "/api/automations/", automation("junheng-silent-runs", "junheng"))
    server.ask("POST", "/api/automations/", automation("值班自建"))

    for _ in range(2):
        prefect_leftovers.clear(server)

    left = server.ask("POST", "/api/automations/filter", {"limit": 200})
    assert [one["name"] for one in left] == ["值班自建"]
    server.ask("DELETE", f"/api/automations/{left[0]['id']}")


def test_the_deployment_that_told_goes_and_its_runs_stay(server: PrefectServer) -> None:
    with get_client(sync_client=True) as client:
        flow_id = client.create_flow(nightly_audit)
        told, kept = (client.create_deployment(flow_id, one) for one in ("tell-operators", "其他"))
        run = Run.of(client, told).begun()

        prefect_leftovers.clear(server)

        left = server.ask("POST", "/api/deployments/filter", {})
        state = run.state
        client.delete_flow_run(run.id)
        client.delete_deployment(kept)
    assert ([one["name"] for one in left], state) == (["其他"], "RUNNING")
