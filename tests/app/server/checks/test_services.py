"""The checks of `junheng doctor` on an installed machine."""

import os
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from app.server.checks import services
from app.server.guard import sign_in
from tests.app.server.an_office import KEY
from tests.app.server.as_a_service import NOBODY
from tests.app.server.guard.a_guard import around_an_echo
from tests.loopback import Loopback

NOON = datetime(2025, 11, 4, 4, tzinfo=UTC)
PAGE = '<html><script type="module" src="/v2/assets/index.js"></script></html>'
HTML, SCRIPT = "text/html; charset=utf-8", "text/javascript; charset=utf-8"
# The answers of a server with a complete UI.
COMPLETE_UI = {
    "/api/health": (200, "application/json", "true"),
    "/": (307, "", "/v2/"),
    "/v2/": (200, HTML, PAGE),
    "/v2/assets/index.js": (200, SCRIPT, "1"),
}


class Answering(BaseHTTPRequestHandler):
    """Sends the configured answers, 404 for other paths."""

    answers: ClassVar[dict[str, tuple[int, str, str]]] = {}

    def do_GET(self) -> None:
        status, kind, body = self.answers.get(self.path, (404, "application/json", "{}"))
        self.send_response(status)
        self.send_header(
            "location" if status == 307 else "content-type", body if kind == "" else kind
        )
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Suppress the log."""


def serving(**answers: tuple[int, str, str]) -> Loopback:
    kind = type("Given", (Answering,), {"answers": COMPLETE_UI | answers})
    return Loopback(ThreadingHTTPServer(("127.0.0.1", 0), kind))


class TestPage:
    @pytest.fixture(autouse=True)
    def _has_the_key(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PREFECT_API_AUTH_STRING", KEY)

    def test_passes_if_the_script_of_the_page_loads(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with serving() as server:
            monkeypatch.setenv("JUNHENG_PREFECT_PORT", str(server.port))

            found = services.page(NOON)

        assert found.is_well
        assert found.said == f"http://127.0.0.1:{server.port}/v2/"

    @pytest.mark.parametrize(
        ("path", "answer", "said"),
        [
            ("/", (404, "application/json", '{"detail":"Not Found"}'), "/：404 application/json"),
            ("/v2/", (200, HTML, "<html></html>"), "没有脚本的网页"),
            ("/v2/assets/index.js", (200, HTML, PAGE), "/v2/assets/index.js：200 text/html"),
            ("/v2/", (307, "", "/v2/"), "一再转向别处"),
        ],
    )
    def test_reports_any_other_answer_with_the_remedy(
        self, monkeypatch: pytest.MonkeyPatch, path: str, answer: tuple[int, str, str], said: str
    ) -> None:
        with serving(**{path: answer}) as server:
            monkeypatch.setenv("JUNHENG_PREFECT_PORT", str(server.port))

            found = services.page(NOON)

        assert not found.is_well
        assert said in found.said
        assert "journalctl -u junheng-server" in found.said

    def test_is_skipped_if_the_server_does_not_run(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("JUNHENG_PREFECT_PORT", "1")

        assert services.page(NOON).said == "Prefect 没有运行，启动以后再查"

    def test_checks_the_sign_in_page_without_the_key(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("PREFECT_API_AUTH_STRING")
        with around_an_echo() as address:
            monkeypatch.setenv("JUNHENG_PREFECT_PORT", address.rpartition(":")[2])

            found = services.page(NOON)

        assert found.is_well
        assert f"{address}{sign_in.SIGN_IN}；" in found.said

    def test_fails_without_the_key_if_the_sign_in_page_is_missing(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("PREFECT_API_AUTH_STRING")
        with serving() as server:
            monkeypatch.setenv("JUNHENG_PREFECT_PORT", str(server.port))

            found = services.page(NOON)

        assert not found.is_well
        assert "/sign-in：404" in found.said


class TestSignIn:
    @pytest.mark.parametrize(
        ("status", "is_well"), [(401, True), (403, False), (502, False), (200, False)]
    )
    def test_passes_only_if_a_request_without_key_gets_401(
        self, monkeypatch: pytest.MonkeyPatch, status: int, *, is_well: bool
    ) -> None:
        with serving(**{services.PROTECTED_PATH: (status, "application/json", "hm")}) as server:
            monkeypatch.setenv("JUNHENG_PREFECT_PORT", str(server.port))

            found = services.sign_in(NOON)

        assert found.is_well is is_well
        assert (f"就答 {status}" in found.said) is not is_well

    def test_sends_no_key(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PREFECT_API_AUTH_STRING", KEY)
        with around_an_echo() as address:
            monkeypatch.setenv("JUNHENG_PREFECT_PORT", address.rpartition(":")[2])

            found = services.sign_in(NOON)

        assert (found.is_well, found.said) == (True, f"{address} 要求登录")

    def test_is_skipped_if_the_server_does_not_run(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("JUNHENG_PREFECT_PORT", "1")

        assert services.sign_in(NOON).said == "Prefect 没有运行，启动以后再查"


class TestAccount:
    def test_passes_for_the_owner_of_the_home(self) -> None:
        assert services.account(NOON).is_well

    def test_names_the_wrapper_if_the_services_settings_are_not_loaded(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "junheng.env").touch()
        monkeypatch.setattr(services, "SETTINGS_OF_SERVICES", tmp_path / "junheng.env")
        monkeypatch.delenv("JUNHENG_HOME")

        found = services.account(NOON)

        assert not found.is_well
        assert "sudo /usr/local/bin/junheng" in found.said

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
    def test_names_the_wrapper_for_root_in_a_home_of_another_account(
        self, junheng_home: Path
    ) -> None:
        junheng_home.mkdir()
        os.chown(junheng_home, NOBODY, NOBODY)

        found = services.account(NOON)

        assert not found.is_well
        assert "sudo /usr/local/bin/junheng" in found.said


def test_an_unwritable_folder_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("JUNHENG_BACKUPS", str(tmp_path / "file" / "backups"))

    found = services.writable(NOON)

    assert not found.is_well
    assert "JUNHENG_BACKUPS" in found.said


def test_the_placeholder_key_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_AUTH_STRING", "junheng:CHANGE")

    assert "openssl rand -hex 24" in services.prefect(NOON).said
