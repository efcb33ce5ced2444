"""Deletes objects that earlier versions created in Prefect's database."""

from app.server.prefect_client import PrefectServer

# Our automations have this tag; automations that operators created are kept.
OURS = "junheng"
ALARM_DEPLOYMENT = "tell-operators"
PAGE_LIMIT = 200


def clear(server: PrefectServer) -> None:
    """Delete the automations that detected dead runs, and the deployment that sent the alarms.

    The runs of that deployment stay until Prefect's retention deletes them.
    """
    for automation in server.ask("POST", "/api/automations/filter", {"limit": PAGE_LIMIT}):
        if OURS in automation.get("tags", []):
            server.ask("DELETE", f"/api/automations/{automation['id']}")
    by_name = {"deployments": {"name": {"any_": [ALARM_DEPLOYMENT]}}}
    for deployment in server.ask("POST", "/api/deployments/filter", by_name):
        server.ask("DELETE", f"/api/deployments/{deployment['id']}")
