"""The lists on the server's pages of work pools and blocks: those that Prefect brings along."""

from prefect.server.api import collections

from app.server.prefect_client import HOST

# Prefect fetches them from the internet, and takes its own where it cannot: here nobody listens. A
# proxy that nobody serves would cut off more, for the server also sends alarms to chat.
NOWHERE = f"http://{HOST}:9"


def put_in() -> None:
    """Have the server of this process fetch no list."""
    for name in collections.KNOWN_VIEWS:
        collections.KNOWN_VIEWS[name] = f"{NOWHERE}/{name}.json"
