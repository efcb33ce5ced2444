"""The environment of Prefect's server, and the set-up of its deployments."""

import pytest

from app.server import set_up, single_part
from app.server.prefect_client import PrefectNotRunning, PrefectServer
from app.server.set_up import serving_environment
from tests.app.server.guard.a_guard import around_an_echo


def test_the_server_has_two_heaps_by_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = PrefectServer(4200)
    assert serving_environment(server)["MALLOC_ARENA_MAX"] == "2"

    monkeypatch.setenv("MALLOC_ARENA_MAX", "4")

    assert serving_environment(server)["MALLOC_ARENA_MAX"] == "4"


@pytest.mark.parametrize("key", ["", "junheng:another"])
def test_set_up_without_the_servers_key_is_refused_in_one_sentence(
    key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_API_AUTH_STRING", key)
    with around_an_echo() as address:
        monkeypatch.setenv("PREFECT_API_URL", f"{address}/api")

        with pytest.raises(PrefectNotRunning, match=f"^{address} 不认这里的 PREFECT_API_AUTH"):
            set_up.set_up_deployments()


def test_a_worker_without_a_key_is_refused_in_one_sentence() -> None:
    with pytest.raises(PrefectNotRunning, match=r"^没有设 PREFECT_API_AUTH_STRING"):
        single_part.work()
