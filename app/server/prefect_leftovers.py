"""What earlier versions left in Prefect's own database, and this one does not want."""

from app.server.prefect_client import PrefectServer

# By this tag we knew which automations were ours; what operators made themselves is left alone.
OURS = "junheng"
TELLS = "tell-operators"
MOST_ASKED_FOR = 200


def clear(server: PrefectServer) -> None:
    """Delete the automations that found dead runs, and the deployment that told of them.

    The runs of that deployment stay, until Prefect forgets them with their time.
    """
    for found in server.ask("POST", "/api/automations/filter", {"limit": MOST_ASKED_FOR}):
        if OURS in found.get("tags", []):
            server.ask("DELETE", f"/api/automations/{found['id']}")
    named = {"deployments": {"name": {"any_": [TELLS]}}}
    for found in server.ask("POST", "/api/deployments/filter", named):
        server.ask("DELETE", f"/api/deployments/{found['id']}")
