"""Objects of earlier versions in Prefect's database are deleted, those of operators are kept."""

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


def test_only_our_automations_are_deleted(server: PrefectServer) -> None:
    server.ask("POST", "/api/automations/", automation("junheng-silent-runs", "junheng"))
    server.ask("POST", "/api/automations/", automation("值班自建"))

    for _ in range(2):
        prefect_leftovers.clear(server)

    left = server.ask("POST", "/api/automations/filter", {"limit": 200})
    assert [automation["name"] for automation in left] == ["值班自建"]
    server.ask("DELETE", f"/api/automations/{left[0]['id']}")


def test_the_alarm_deployment_is_deleted_without_its_runs(server: PrefectServer) -> None:
    with get_client(sync_client=True) as client:
        flow_id = client.create_flow(nightly_audit)
        alarms, other = (
            client.create_deployment(flow_id, name) for name in ("tell-operators", "其他")
        )
        run = Run.of(client, alarms).begun()

        prefect_leftovers.clear(server)

        left = server.ask("POST", "/api/deployments/filter", {})
        state = run.state
        client.delete_flow_run(run.id)
        client.delete_deployment(other)
    assert ([deployment["name"] for deployment in left], state) == (["其他"], "RUNNING")
