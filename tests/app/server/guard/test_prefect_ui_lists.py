"""The server shows the lists of Prefect's package, without a request to the internet."""

import asyncio
from urllib.parse import urlsplit

import pytest
from prefect.server.api import collections

from app.server.guard import prefect_ui_lists


def test_the_lists_are_shown_without_a_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collections, "KNOWN_VIEWS", dict(collections.KNOWN_VIEWS))
    collections.GLOBAL_COLLECTIONS_VIEW_CACHE.clear()

    prefect_ui_lists.install()
    shown = asyncio.run(collections.get_collection_view("aggregate-worker-metadata"))

    assert "process" in shown["prefect"]
    assert {urlsplit(url).hostname for url in collections.KNOWN_VIEWS.values()} == {"127.0.0.1"}
