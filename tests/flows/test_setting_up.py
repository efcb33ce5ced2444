"""What Prefect's server is started with, besides what every process of ours is given."""

import pytest

from flows.server import PrefectServer
from flows.setting_up import serving_environment


def test_the_server_keeps_two_heaps_unless_somebody_says_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = PrefectServer(4200)
    assert serving_environment(server)["MALLOC_ARENA_MAX"] == "2"

    monkeypatch.setenv("MALLOC_ARENA_MAX", "4")

    assert serving_environment(server)["MALLOC_ARENA_MAX"] == "4"
