"""Who signs in by name comes through the gate, and what they do stands in the history first."""

import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest
import uvicorn

from flows import gate_sign_in
from flows.gate import Gate
from flows.gate_proxy import Upstream
from flows.gate_sign_in import SignIn
from flows.server import PrefectServer
from junheng import bootstrap
from junheng.adapters import users
from tasks import operations
from tests.fakes_prefect import DEPLOYMENT, RUN, FakePrefect

SPRING = "春天的操场很大很大"
ZHANG = ("张三".encode(), SPRING.encode())
KEY = "junheng:a-key-made-anew"
ORDER = f"/api/deployments/{DEPLOYMENT}/create_flow_run"


@pytest.fixture
def prefect() -> Iterator[FakePrefect]:
    with FakePrefect() as opened:
        yield opened


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "users.yaml"


@pytest.fixture
def nobody_yet(prefect: FakePrefect, file: Path) -> Iterator[httpx.Client]:
    server = PrefectServer(prefect.port, auth=KEY)
    says = bootstrap.rulebook().wording["gate"]
    gate = Gate(SignIn(file), Upstream(server), says)
    config = uvicorn.Config(gate.app(), port=0, log_level="error", access_log=False)
    serving = uvicorn.Server(config)
    thread = Thread(target=serving.run, daemon=True)
    thread.start()
    while not serving.started:
        time.sleep(0.01)
    port = serving.servers[0].sockets[0].getsockname()[1]
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as browser:
        yield browser
    serving.should_exit = True
    thread.join(10)


@pytest.fixture
def browser(nobody_yet: httpx.Client, file: Path) -> httpx.Client:
    users.add(file, "张三", SPRING)
    return nobody_yet


def history() -> list[tuple[str, str, str, str, str]]:
    return [
        (one.by, one.operation.value, one.work, one.run, one.reason) for one in operations.done()
    ]


class TestSigningIn:
    def test_without_users_everybody_is_refused_and_told_how_to_add_one(
        self, nobody_yet: httpx.Client
    ) -> None:
        answer = nobody_yet.get("/", auth=ZHANG)

        assert answer.status_code == 403
        assert "junheng users add 姓名" in answer.text

    @pytest.mark.parametrize("who", [None, (b"x", b"y"), ("张三".encode(), b"wrong"), (b"", b"")])
    def test_a_stranger_is_asked_for_a_name_and_reaches_nothing(
        self, browser: httpx.Client, prefect: FakePrefect, who: Any
    ) -> None:
        answer = browser.post(ORDER, json={}, auth=who)

        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Basic ")
        assert not prefect.headers
        assert not history()

    def test_a_browser_stays_signed_in_by_a_cookie_that_prefect_never_sees(
        self, browser: httpx.Client, prefect: FakePrefect
    ) -> None:
        browser.get("/ui-settings", auth=ZHANG, headers={"accept": "text/html"})

        answer = browser.get("/ui-settings")

        assert answer.status_code == 200
        assert "cookie" not in prefect.headers[-1]

    def test_who_is_removed_is_out_at_once(self, browser: httpx.Client, file: Path) -> None:
        browser.get("/ui-settings", auth=ZHANG, headers={"accept": "text/html"})

        users.remove(file, "张三")
        users.add(file, "李四", SPRING)

        assert browser.get("/ui-settings").status_code == 401

    def test_guessing_is_slow_after_five_wrong_passwords(
        self, browser: httpx.Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(gate_sign_in, "SECONDS_TO_WAIT", 0.7)
        for _ in range(gate_sign_in.PATIENCE):
            browser.get("/ui-settings", auth=("张三".encode(), b"wrong"))

        began = time.monotonic()
        answer = browser.get("/ui-settings", auth=ZHANG)

        assert answer.status_code == 200
        assert time.monotonic() - began > 0.7

    def test_a_file_that_others_may_read_shuts_the_gate(
        self, browser: httpx.Client, file: Path
    ) -> None:
        file.chmod(0o644)

        answer = browser.get("/", auth=ZHANG)

        assert answer.status_code == 503
        assert "chmod 600" in answer.text


class TestHandingOn:
    def test_prefect_is_given_our_own_key_and_no_password(
        self, browser: httpx.Client, prefect: FakePrefect
    ) -> None:
        browser.get(f"/api/flow_runs/{RUN}", auth=ZHANG)

        assert (
            prefect.headers[-1]["authorization"]
            == PrefectServer(1, auth=KEY).headers["Authorization"]
        )

    def test_the_page_calls_the_api_through_the_gate_and_asks_for_no_password(
        self, browser: httpx.Client
    ) -> None:
        told = browser.get("/ui-settings", auth=ZHANG).json()

        assert told == {"api_url": f"{browser.base_url}/api", "auth": None, "flags": []}

    def test_another_page_cannot_act_under_the_name_of_who_is_signed_in(
        self, browser: httpx.Client, prefect: FakePrefect
    ) -> None:
        answer = browser.post(ORDER, json={}, auth=ZHANG, headers={"origin": "http://evil.test"})

        assert answer.status_code == 403
        assert not prefect.changes

    @pytest.mark.parametrize("path", ["/api/x/%2e%2e/flow_runs/filter", "/api//flow_runs/filter"])
    def test_a_path_that_could_be_read_two_ways_is_refused(
        self, browser: httpx.Client, prefect: FakePrefect, path: str
    ) -> None:
        answer = browser.post(path, json={}, auth=ZHANG)

        assert answer.status_code == 400
        assert not prefect.changes


class TestTheHistory:
    def test_a_run_that_is_started_has_who_and_why_in_it_and_carries_the_name(
        self, browser: httpx.Client, prefect: FakePrefect
    ) -> None:
        order = {"parameters": {"year": 2025, "reason": "补收三所学校"}, "tags": ["by:李四"]}

        answer = browser.post(ORDER, json=order, auth=ZHANG)

        assert answer.json()["id"] == "new"
        assert history() == [
            ("张三", "run", "annual-round", "", "补收三所学校"),
            ("张三", "begun", "annual-round", "calm-owl", ""),
        ]
        [(_, path, body)] = prefect.changes
        assert path == ORDER
        assert body["tags"] == ["by:张三"]
        assert body["parameters"]["by"] == "张三"

    def test_a_retry_is_written_down_and_its_run_carries_the_name(
        self, browser: httpx.Client, prefect: FakePrefect
    ) -> None:
        state = {"type": "SCHEDULED", "name": "AwaitingRetry", "message": "Retry from the UI"}

        browser.post(
            f"/api/flow_runs/{RUN}/set_state",
            json={"state": state},
            auth=ZHANG,
            headers={"x-junheng-reason": "%E6%96%87%E4%BB%B6%E8%A1%A5%E9%BD%90"},
        )

        assert history() == [("张三", "retry", "annual-round", "brave-tit", "文件补齐")]
        assert prefect.changes[0] == (
            "PATCH",
            f"/api/flow_runs/{RUN}",
            {"tags": ["年度", "by:张三"]},
        )
        assert prefect.changes[1][2] == {"state": state}

    def test_a_name_filled_in_is_written_down_beside_who_signed_in(
        self, browser: httpx.Client
    ) -> None:
        browser.post(ORDER, json={"parameters": {"by": "李四"}}, auth=ZHANG)

        first = operations.done()[0]
        assert (first.by, first.said_by) == ("张三", "李四")

    def test_what_cannot_be_written_down_is_not_done(
        self, browser: httpx.Client, prefect: FakePrefect, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("JUNHENG_DATABASE_URL", "postgresql://127.0.0.1:9/junheng")

        answer = browser.post(ORDER, json={}, auth=ZHANG)

        assert answer.status_code == 503
        assert "没能记入历史，所以没有办理" in answer.text
        assert not prefect.changes

    def test_looking_leaves_no_line(self, browser: httpx.Client) -> None:
        browser.post("/api/flow_runs/filter", json={}, auth=ZHANG)

        assert not history()
