"""The addresses at which Prefect listens and its own processes connect."""

import os

import pytest

from app.server import prefect_client
from app.server.prefect_client import PrefectNotRunning
from app.server.telemetry_off import quiet


@pytest.mark.parametrize(
    ("host", "connect_to"),
    [("", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("10.1.2.3", "10.1.2.3")],  # noqa: S104
)
def test_processes_connect_to_the_listening_address(
    host: str, connect_to: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUNHENG_PREFECT_HOST", host)
    monkeypatch.setenv("JUNHENG_PREFECT_PORT", "4201")

    own = prefect_client.own("junheng:key")

    assert (prefect_client.listening_host(own.auth), own.address) == (
        host or "127.0.0.1",
        f"http://{connect_to}:4201",
    )


@pytest.mark.parametrize("host", ["0.0.0.0", "10.1.2.3", "server"])  # noqa: S104
def test_a_public_address_requires_a_key(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUNHENG_PREFECT_HOST", host)

    with pytest.raises(PrefectNotRunning, match="PREFECT_API_AUTH_STRING"):
        prefect_client.own(None)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_loopback_requires_no_key(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUNHENG_PREFECT_HOST", host)

    assert prefect_client.own(None).host == host


def test_a_remote_server_bypasses_the_proxy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "example.gov")
    monkeypatch.setenv("PREFECT_API_URL", "http://server:4200/api")

    quiet()

    assert os.environ["NO_PROXY"].split(",") == ["example.gov", "127.0.0.1", "localhost", "server"]
