"""A signed-in user may only read, start, retry, cancel and pause, under their own name."""

import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.client import HTTPException
from typing import Any
from uuid import uuid4

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.sync.connection import Connection

from junheng import bootstrap
from junheng.adapters import clock
from junheng.store.database.read_only import DatabaseReadOnly
from tasks.operations import run_requests
from tasks.people import users
from tests import databases
from tests.app.server.guard.a_guard import COOKIE, SPRING, Guarded, around_prefect
from tests.mixed_data import mix_sample_and_real

FORBIDDEN = re.compile(r"block_documents|variables|admin/(settings|storage)|/input")
READING = re.compile(
    r"/(filter|count|counts|paginate|history|lateness|concurrency_status|count-deployments"
    r"|next-runs|count-task-runs)$|/events/count-by/|/ui/schemas/validate$"
)
ACTING = re.compile(
    r"^POST /deployments/\{id\}/(create_flow_run|pause_deployment|resume_deployment)$"
    r"|^POST /flow_runs/\{id\}/(set_state|resume)$|^PATCH /deployments/\{id\}/schedules/"
)
# Bodies that the guard allows, if the id existed.
BODIES: dict[str, Any] = {
    "set_state": {"state": {"type": "CANCELLED"}},
    "schedules": {"active": False},
}
NAMED_RUN = {"name": "brave-tit"}
RETRY = {"type": "SCHEDULED", "name": "AwaitingRetry", "message": "Retry from the UI"}
SCHEMA = {
    "type": "object",
    "properties": {"year": {"type": "integer"}, "by": {"type": "string"}, "reason": {}},
}


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    with around_prefect(tmp_path_factory.mktemp("guarded") / "home") as serving:
        yield serving


@pytest.fixture(autouse=True)
def _in_its_home(guarded: Guarded, monkeypatch: pytest.MonkeyPatch) -> None:
    databases.move_in(guarded.home, monkeypatch)


@pytest.fixture
def zhang(guarded: Guarded) -> Iterator[httpx.Client]:
    with guarded.browser("张三") as browser:
        yield browser


@pytest.fixture(scope="module")
def deployment(guarded: Guarded) -> str:
    """Return the id of a deployment that takes a year, a name and a reason."""
    flow = guarded.prefect.ask("POST", "/api/flows/", {"name": "round"})["id"]
    order = {"name": "annual-round", "flow_id": flow, "parameter_openapi_schema": SCHEMA}
    created = guarded.prefect.ask("POST", "/api/deployments/", order | {"tags": ["年度"]})
    return str(created["id"])


@pytest.fixture
def run(guarded: Guarded, deployment: str) -> str:
    created = guarded.prefect.ask(
        "POST", f"/api/deployments/{deployment}/create_flow_run", NAMED_RUN
    )
    return str(created["id"])


def history(since: int = 0) -> list[tuple[str, str, str]]:
    return [
        (entry.by, entry.operation.value, entry.request) for entry in run_requests.done()[since:]
    ]


def stored(guarded: Guarded, path: str) -> dict[str, Any]:
    found: dict[str, Any] = guarded.prefect.ask("GET", f"/api{path}")
    return found


def routes(guarded: Guarded) -> list[tuple[str, str]]:
    document = guarded.prefect.ask("GET", "/openapi.json")
    return [
        (method.upper(), path) for path, methods in document["paths"].items() for method in methods
    ]


def is_allowed(method: str, path: str) -> bool:
    if ACTING.search(f"{method} {path}"):
        return True
    is_read = method == "GET" or (method == "POST" and READING.search(path) is not None)
    return is_read and FORBIDDEN.search(path) is None


class TestEveryRoute:
    """All routes of Prefect's OpenAPI document, because a later version may add some."""

    def test_is_forwarded_or_refused_and_a_refusal_is_in_the_history(
        self, guarded: Guarded, zhang: httpx.Client
    ) -> None:
        all_routes, since = routes(guarded), len(history())
        assert len(all_routes) > 150
        refused = []
        for method, path in all_routes:
            filled = "/api" + re.sub(r"\{[^}]+\}", lambda _: str(uuid4()), path)
            body: Any = next((body for name, body in BODIES.items() if name in path), {})
            answer = zhang.request(method, filled, json=body)
            assert (answer.status_code != 403) == is_allowed(method, path), (method, path)
            if answer.status_code == 403:
                assert "这里不能办这件事" in answer.json()["detail"]
                refused.append(("张三", "refused", f"{method} {filled}"))

        noted = [entry for entry in history(since) if entry[1] == "refused"]
        assert noted == refused
        assert len(refused) > 70

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("GET", "/api/flows/x?include_secrets=true"),
            ("POST", "/api/what/comes/some/day"),
            ("PUT", "/index.html"),
            ("OPTIONS", "/api/flows/filter"),
            ("TRACE", "/api/flows/filter"),
            ("POST", "/ui-settings"),
        ],
    )
    def test_an_unknown_route_is_refused(self, zhang: httpx.Client, method: str, path: str) -> None:
        assert zhang.request(method, path).status_code == 403


class TestCreateFlowRun:
    def test_uses_the_name_of_the_signed_in_user(
        self, guarded: Guarded, zhang: httpx.Client, deployment: str
    ) -> None:
        since = len(history())
        given = {"year": 2025, "by": "李四", "reason": "补收三所学校"}
        order = {"parameters": given, "tags": ["年度", "by:李四"]}

        answer = zhang.post(f"/api/deployments/{deployment}/create_flow_run", json=order)

        run = stored(guarded, f"/flow_runs/{answer.json()['id']}")
        assert run["parameters"] == given | {"by": "张三"}
        assert set(run["tags"]) == {"年度", "by:张三"}
        entries = run_requests.done()[since:]
        assert [(entry.by, entry.operation.value, entry.work) for entry in entries] == [
            ("张三", "run", "annual-round"),
            ("张三", "begun", "annual-round"),
        ]
        assert (entries[0].said_by, entries[0].reason) == ("李四", "补收三所学校")
        assert (entries[1].run_id, entries[1].run) == (run["id"], run["name"])

    @pytest.mark.parametrize(
        "more",
        [
            {"job_variables": {"command": "touch owned"}},
            {"job_variables": {"env": {"PYTHONPATH": "/srv"}}},
            {"entrypoint": "evil.py:run"},
            {"work_queue_name": "another"},
            {"work_pool_name": "another"},
            {"infrastructure_document_id": "6f1d7c52-3b0e-4a8e-9d64-2c8f5e0a7b91"},
            {"parent_task_run_id": "6f1d7c52-3b0e-4a8e-9d64-2c8f5e0a7b91"},
            {"enforce_parameter_schema": False},
            {"parameters": {"year": 2025, "folder": "/etc"}},
            {"parameters": [1]},
            {"tags": "by:李四"},
            {"tags": ["李四"]},
            {"name": "by:李四"},
            {"parameters": {"reason": {"__prefect_kind": "workspace_variable"}}},
            {"parameters": {"reason": {"__prefect_kind": "jinja", "template": "{{ 1 }}"}}},
            {"state": {"type": "COMPLETED"}},
            {"state": {"type": "CANCELLED"}},
            {"labels": {"by": "李四"}},
            {"idempotency_key": "x"},
        ],
        ids=str,
    )
    def test_refuses_anything_but_declared_parameters(
        self, guarded: Guarded, zhang: httpx.Client, deployment: str, more: dict[str, Any]
    ) -> None:
        before = guarded.prefect.ask("POST", "/api/flow_runs/count", {})

        answer = zhang.post(f"/api/deployments/{deployment}/create_flow_run", json=more)

        assert answer.status_code == 403
        assert history()[-1][1] == "refused"
        assert guarded.prefect.ask("POST", "/api/flow_runs/count", {}) == before

    def test_accepts_the_blank_fields_that_the_pages_send(
        self, guarded: Guarded, zhang: httpx.Client, deployment: str
    ) -> None:
        blank: dict[str, Any] = {
            "job_variables": {},
            "tags": [],
            "work_queue_name": None,
            "context": {},
        }
        later = {"type": "SCHEDULED", "state_details": {"scheduled_time": "2030-01-01T00:00:00Z"}}

        answer = zhang.post(
            f"/api/deployments/{deployment}/create_flow_run", json=blank | {"state": later}
        )

        assert answer.status_code == 201
        run = stored(guarded, f"/flow_runs/{answer.json()['id']}")
        assert run["expected_start_time"].startswith("2030-01-01")

    @pytest.mark.parametrize("body", [b"{", b"[]", b'"x"', b"x" * 1_000_001, b""])
    def test_refuses_an_unreadable_or_huge_body(
        self, zhang: httpx.Client, deployment: str, body: bytes
    ) -> None:
        path = f"/api/deployments/{deployment}/create_flow_run"

        answer = zhang.post(path, content=body, headers={"content-type": "application/json"})

        assert answer.status_code == 403


class TestARun:
    def test_is_retried_in_the_name_of_the_signed_in_user(
        self, guarded: Guarded, zhang: httpx.Client, run: str
    ) -> None:
        fail(guarded, run)
        since = len(history())

        answer = zhang.post(f"/api/flow_runs/{run}/set_state", json={"state": RETRY, "force": True})

        assert answer.is_success
        assert "by:张三" in stored(guarded, f"/flow_runs/{run}")["tags"]
        [entry] = run_requests.done()[since:]
        assert (entry.by, entry.operation.value, entry.work, entry.run_id, entry.reason) == (
            *("张三", "retry", "annual-round", run, ""),
        )

    def test_is_not_retried_while_it_is_scheduled(self, zhang: httpx.Client, run: str) -> None:
        answer = zhang.post(f"/api/flow_runs/{run}/set_state", json={"state": RETRY})

        assert answer.status_code == 403
        assert "现在的状态不能这样办" in answer.json()["detail"]

    @pytest.mark.parametrize("kind", ["CANCELLING", "PAUSED"])
    def test_can_be_cancelled_and_paused(
        self, guarded: Guarded, zhang: httpx.Client, kind: str
    ) -> None:
        flow = guarded.prefect.ask("POST", "/api/flows/", {"name": "round"})["id"]
        running = {"flow_id": flow, "state": {"type": "RUNNING"}}
        run = guarded.prefect.ask("POST", "/api/flow_runs/", running)["id"]

        answer = zhang.post(f"/api/flow_runs/{run}/set_state", json={"state": {"type": kind}})

        assert answer.is_success
        assert stored(guarded, f"/flow_runs/{run}")["state_type"] == kind

    @pytest.mark.parametrize(
        "body",
        [
            {"state": {"type": "COMPLETED"}},
            {"state": {"type": "FAILED"}},
            {"state": {"type": "RUNNING"}},
            {"state": {"type": "SCHEDULED", "name": "Completed"}},
            {"state": [RETRY]},
            {"state": {}},
            {},
            [],
        ],
        ids=str,
    )
    def test_cannot_be_set_to_any_other_state(
        self, guarded: Guarded, zhang: httpx.Client, run: str, body: Any
    ) -> None:
        before = stored(guarded, f"/flow_runs/{run}")

        answer = zhang.post(f"/api/flow_runs/{run}/set_state", json=body)

        assert answer.status_code == 403
        assert stored(guarded, f"/flow_runs/{run}")["state_id"] == before["state_id"]

    @pytest.mark.parametrize("method", ["PATCH", "DELETE"])
    def test_cannot_be_changed_or_deleted(
        self, guarded: Guarded, zhang: httpx.Client, run: str, method: str
    ) -> None:
        answer = zhang.request(method, f"/api/flow_runs/{run}", json={"tags": ["by:李四"]})

        assert answer.status_code == 403
        assert stored(guarded, f"/flow_runs/{run}")["tags"] == ["年度"]

    def test_its_deployment_can_be_paused_and_resumed(
        self, guarded: Guarded, zhang: httpx.Client, deployment: str
    ) -> None:
        for act, is_paused in (("pause_deployment", True), ("resume_deployment", False)):
            assert zhang.post(f"/api/deployments/{deployment}/{act}").is_success
            assert stored(guarded, f"/deployments/{deployment}")["paused"] is is_paused
        assert [operation for _, operation, _ in history()[-2:]] == ["timetable", "timetable"]

    def test_its_schedule_cannot_be_changed(self, zhang: httpx.Client, deployment: str) -> None:
        path = f"/api/deployments/{deployment}/schedules/{uuid4()}"

        answer = zhang.patch(path, json={"active": True, "schedule": {"cron": "* * * * *"}})

        assert answer.status_code == 403


@pytest.fixture(scope="module")
def read_only(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """Serve a ledger that contains sample and real data, and is therefore read-only."""
    home = tmp_path_factory.mktemp("mixed") / "home"
    with pytest.MonkeyPatch.context() as patch:
        databases.move_in(home, patch)
        mix_sample_and_real()
    with around_prefect(home) as serving:
        yield serving


class TestAReadOnlyLedger:
    def test_allows_reading_and_retries_and_notes_them_later(
        self, read_only: Guarded, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        databases.move_in(read_only.home, monkeypatch)
        flow = read_only.prefect.ask("POST", "/api/flows/", {"name": "round"})["id"]
        order = {"name": "annual-round", "flow_id": flow}
        deployment = read_only.prefect.ask("POST", "/api/deployments/", order)["id"]
        create_run = f"/api/deployments/{deployment}/create_flow_run"
        run = read_only.prefect.ask("POST", create_run, NAMED_RUN)["id"]

        fail(read_only, run)

        with read_only.browser("张三") as zhang:
            read = zhang.post("/api/flow_runs/filter", json={})
            created = zhang.post(create_run, json={})
            retried = zhang.post(f"/api/flow_runs/{run}/set_state", json={"state": RETRY})
            refused = zhang.delete(f"/api/flow_runs/{run}")

        assert read.status_code == 200
        assert created.status_code == 503
        assert "只能查看" in created.json()["detail"]
        assert retried.is_success
        assert refused.status_code == 403
        with pytest.raises(DatabaseReadOnly):
            run_requests.write_down_waiting()
        # As after a restore from a backup, which the sentence recommends.
        monkeypatch.setattr(bootstrap, "why_read_only", lambda: None)
        assert run_requests.write_down_waiting() == 2
        assert [operation for _, operation, _ in history()] == ["retry", "refused"]
        assert run_requests.write_down_waiting() == 0


class TestAQuery:
    def test_cannot_expand_a_variable_in_a_form(
        self, guarded: Guarded, zhang: httpx.Client
    ) -> None:
        # A busy server may create it and still answer 503.
        with suppress(HTTPException):
            variable = {"name": "geheim", "value": "TOP-42"}
            guarded.prefect.ask("POST", "/api/variables/", variable)
        schema = {"type": "object", "properties": {"a": {"type": "integer"}}}
        values = {"a": {"__prefect_kind": "workspace_variable", "variable_name": "geheim"}}

        answer = zhang.post("/api/ui/schemas/validate", json={"schema": schema, "values": values})

        assert answer.status_code == 403
        assert "TOP-42" not in answer.text

    def test_of_a_variable_is_refused_for_every_name(self, zhang: httpx.Client) -> None:
        for name in ("ui-settings", "filter", "health"):
            assert zhang.get(f"/api/variables/name/{name}").status_code == 403

    def test_of_a_huge_body_is_refused(self, zhang: httpx.Client) -> None:
        assert zhang.post("/api/flow_runs/filter", content=b"x" * 1_000_001).status_code == 403


class TestASession:
    def test_is_invalid_at_once_after_sign_out(self, guarded: Guarded) -> None:
        with guarded.browser("李四") as browser:
            assert browser.get("/ui-settings").status_code == 200

            users.sign_out("李四", now=clock.now())

            assert browser.get("/ui-settings").status_code == 401

    def test_keeps_a_socket_open_longer_than_the_request_timeout(
        self, guarded: Guarded, zhang: httpx.Client
    ) -> None:
        with listening(guarded, zhang.cookies[COOKIE]) as page:
            page.send('{"type": "auth", "token": null}')
            assert page.recv(timeout=10) == '{"type":"auth_success"}'

            # Twice BODY_SECONDS of a_guard.
            with pytest.raises(TimeoutError):
                page.recv(timeout=4)

            page.ping().wait(10)

    def test_closes_a_socket_when_it_is_revoked(self, guarded: Guarded, deployment: str) -> None:
        with (
            guarded.browser("李四") as browser,
            listening(guarded, browser.cookies[COOKIE]) as page,
        ):
            page.send('{"type": "auth", "token": null}')
            assert page.recv(timeout=10) == '{"type":"auth_success"}'
            page.send('{"type": "filter", "filter": {}}')

            users.sign_out("李四", now=clock.now())
            guarded.prefect.ask("POST", f"/api/deployments/{deployment}/create_flow_run", NAMED_RUN)

            # Earlier messages may still arrive.
            assert is_closed(page)

    @pytest.mark.parametrize("token", ["", "made-up"])
    @pytest.mark.parametrize("path", ["/api/events/out", "/api/logs/out", "/api/events/in"])
    def test_is_required_for_every_socket(self, guarded: Guarded, path: str, token: str) -> None:
        assert not connects(guarded, token, path=path)

    def test_does_not_open_the_socket_of_processes(
        self, guarded: Guarded, zhang: httpx.Client
    ) -> None:
        assert not connects(guarded, zhang.cookies[COOKIE], path="/api/events/in")

    def test_is_refused_with_another_origin(self, guarded: Guarded, zhang: httpx.Client) -> None:
        assert not connects(guarded, zhang.cookies[COOKIE], origin="http://evil.test")


def is_closed(page: Connection) -> bool:
    """Read all messages until the socket is closed; raises TimeoutError if it stays open."""
    try:
        while True:
            page.recv(timeout=30)
    except ConnectionClosed:
        return True


def fail(guarded: Guarded, run: str) -> None:
    """Set a run to FAILED."""
    state = {"state": {"type": "FAILED"}, "force": True}
    guarded.prefect.ask("POST", f"/api/flow_runs/{run}/set_state", state)


@pytest.mark.parametrize(
    "message", ["[]", "{", '{"type": "auth", "token": 5}', '{"token": "é"}', "x"]
)
def test_a_socket_without_a_valid_key_is_closed_without_traceback(
    guarded: Guarded, message: str
) -> None:
    log = guarded.home.parent / "server.log"
    before = log.stat().st_size

    with listening(guarded, "") as page:
        page.send(message)

        assert is_closed(page)

    assert b"Traceback" not in log.read_bytes()[before:]


def connects(guarded: Guarded, token: str, **options: str) -> bool:
    """Return whether a page with this token ('' for none) can open a socket."""
    try:
        with listening(guarded, token, **options) as page:
            page.send('{"type": "auth", "token": null}')
            return page.recv(timeout=10) == '{"type":"auth_success"}'
    except (ConnectionClosed, InvalidStatus):
        return False


def listening(
    guarded: Guarded, token: str, *, path: str = "/api/events/out", origin: str = ""
) -> ClientConnection:
    given = {"cookie": token and f"{COOKIE}={token}", "origin": origin}
    headers = {name: value for name, value in given.items() if value}
    address = guarded.prefect.address.replace("http", "ws", 1)
    return connect(
        f"{address}{path}",
        subprotocols=["prefect"],  # type: ignore[list-item]
        additional_headers=headers,
    )


def test_twenty_guesses_do_not_delay_a_sign_in_from_another_address(
    guarded: Guarded, record_property: Callable[[str, object], None]
) -> None:
    users.add("王五", SPRING, now=clock.now())

    def guess(_: int) -> int:
        with guarded.stranger("127.0.0.2") as browser:
            return browser.post("/sign-in", data={"name": "王五", "password": "x"}).status_code

    with ThreadPoolExecutor(20) as guessers, guarded.stranger() as browser:
        alone = _seconds(browser)
        guesses = [guessers.submit(guess, number) for number in range(20)]
        beside = _seconds(browser)
        statuses = {guess.result() for guess in guesses}

    record_property("seconds to sign in, alone and beside 20 guesses", (alone, beside))
    assert statuses == {401, 429}


def _seconds(browser: httpx.Client) -> float:
    began = time.monotonic()
    answer = browser.post("/sign-in", data={"name": "王五", "password": SPRING})
    assert answer.status_code == 303
    return time.monotonic() - began


def test_a_failed_sign_in_is_noted_with_name_and_address(guarded: Guarded) -> None:
    with guarded.stranger("127.0.0.3") as browser:
        browser.post("/sign-in", data={"name": "没有这人", "password": "x"})

    assert ("没有这人", "127.0.0.3") in [
        (failure.name, failure.address) for failure in users.failures()
    ]
