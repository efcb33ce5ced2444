"""Serves the lists of work pool and block types from Prefect's package, not from the internet."""

from prefect.server.api import collections

from app.server.prefect_client import HOST

# Prefect fetches the lists from the internet, and uses its own copies if that fails. No process
# listens here. A dead proxy would also block the alarms that the server sends to chat.
UNREACHABLE = f"http://{HOST}:9"


def install() -> None:
    """Make the server of this process use Prefect's own copies of the lists."""
    for name in collections.KNOWN_VIEWS:
        collections.KNOWN_VIEWS[name] = f"{UNREACHABLE}/{name}.json"
