"""Where Prefect listens, and where its own processes find it."""

import os

import pytest

from app.server import prefect_client
from app.server.prefect_client import PrefectNotRunning
from app.server.telemetry_off import quiet


@pytest.mark.parametrize(
    ("host", "found_at"),
    [("", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("10.1.2.3", "10.1.2.3")],  # noqa: S104
)
def test_a_server_is_found_where_it_listens(
    host: str, found_at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUNHENG_PREFECT_HOST", host)
    monkeypatch.setenv("JUNHENG_PREFECT_PORT", "4201")

    own = prefect_client.own("junheng:key")

    assert (prefect_client.listening_host(own.auth), own.address) == (
        host or "127.0.0.1",
        f"http://{found_at}:4201",
    )


@pytest.mark.parametrize("host", ["0.0.0.0", "10.1.2.3", "server"])  # noqa: S104
def test_nobody_listens_for_strangers_without_a_key(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUNHENG_PREFECT_HOST", host)

    with pytest.raises(PrefectNotRunning, match="PREFECT_API_AUTH_STRING"):
        prefect_client.own(None)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_this_machine_alone_needs_no_key(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUNHENG_PREFECT_HOST", host)

    assert prefect_client.own(None).host == host


def test_a_server_elsewhere_is_asked_without_the_offices_proxy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "example.gov")
    monkeypatch.setenv("PREFECT_API_URL", "http://server:4200/api")

    quiet()

    assert os.environ["NO_PROXY"].split(",") == ["example.gov", "127.0.0.1", "localhost", "server"]
