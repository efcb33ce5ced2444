"""Who signs in by name comes through the gate, and what they do stands in the history first."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from flows import clock
from flows.cli import app
from flows.server import PrefectServer
from junheng import bootstrap
from junheng.domain.throttling import PATIENCE
from tasks import operations, users
from tests.fakes_prefect import DEPLOYMENT, RUN, FakePrefect
from tests.flows.a_gate import KEY, serving_gate

SPRING = "春天的操场很大很大"
ZHANG = ("张三".encode(), SPRING.encode())
ORDER = f"/api/deployments/{DEPLOYMENT}/create_flow_run"


@pytest.fixture
def prefect() -> Iterator[FakePrefect]:
    with FakePrefect() as opened:
        yield opened


@pytest.fixture
def nobody_yet(prefect: FakePrefect) -> Iterator[httpx.Client]:
    with serving_gate(prefect) as address, httpx.Client(base_url=address, trust_env=False) as one:
        yield one


@pytest.fixture
def browser(nobody_yet: httpx.Client) -> httpx.Client:
    users.add("张三", SPRING, now=clock.now())
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

    def test_who_is_removed_is_out_at_once(self, browser: httpx.Client) -> None:
        browser.get("/ui-settings", auth=ZHANG, headers={"accept": "text/html"})

        users.remove("张三", now=clock.now())
        users.add("李四", SPRING, now=clock.now())

        assert browser.get("/ui-settings").status_code == 401

    def test_who_is_signed_out_by_the_command_is_out_at_once(self, browser: httpx.Client) -> None:
        browser.get("/ui-settings", auth=ZHANG, headers={"accept": "text/html"})

        result = CliRunner().invoke(app, ["users", "sign-out", "张三"])

        assert result.stderr == "已结束 张三 的1处登录。\n"
        assert browser.get("/ui-settings").status_code == 401

    def test_a_restart_of_the_gate_signs_nobody_out(
        self, browser: httpx.Client, prefect: FakePrefect
    ) -> None:
        browser.get("/ui-settings", auth=ZHANG, headers={"accept": "text/html"})

        with serving_gate(prefect) as restarted:
            answer = browser.get(f"{restarted}/ui-settings")

        assert answer.status_code == 200

    def test_a_program_that_signs_in_with_each_request_leaves_no_session(
        self, browser: httpx.Client
    ) -> None:
        answer = browser.get("/ui-settings", auth=ZHANG)

        assert answer.status_code == 200
        assert "set-cookie" not in answer.headers
        assert users.valid_sign_ins(now=clock.now()) == ()

    def test_after_five_wrong_passwords_even_the_right_one_waits(
        self, browser: httpx.Client
    ) -> None:
        for _ in range(PATIENCE):
            browser.get("/ui-settings", auth=("张三".encode(), b"wrong"))

        answer = browser.get("/ui-settings", auth=ZHANG)

        assert answer.status_code == 429
        assert answer.headers["retry-after"] == "1"
        assert answer.text == "密码错误次数过多，请等1秒再试。"

    def test_a_database_that_is_gone_is_said_in_one_sentence(
        self, browser: httpx.Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("JUNHENG_DATABASE_URL", "postgresql://127.0.0.1:9/junheng")

        answer = browser.get("/", auth=ZHANG)

        assert answer.status_code == 503
        assert "PostgreSQL 是否已经启动" in answer.text


class TestForwardedAddress:
    """X-Forwarded-For is believed of a configured proxy and of nobody else."""

    @pytest.mark.parametrize(
        ("proxies", "seen"), [((), "127.0.0.1"), (("127.0.0.0/8",), "192.0.2.7")]
    )
    def test_is_that_of_the_sign_in(
        self, prefect: FakePrefect, proxies: tuple[str, ...], seen: str
    ) -> None:
        users.add("张三", SPRING, now=clock.now())
        headers = {"accept": "text/html", "x-forwarded-for": "192.0.2.7"}

        with serving_gate(prefect, proxies=proxies) as address:
            httpx.get(f"{address}/ui-settings", auth=ZHANG, headers=headers, trust_env=False)

        [sign_in] = users.valid_sign_ins(now=clock.now())
        assert sign_in.address == seen

    @pytest.mark.parametrize(("proxies", "is_secure"), [((), False), (("127.0.0.1",), True)])
    def test_is_with_https_that_of_a_secure_cookie(
        self, prefect: FakePrefect, proxies: tuple[str, ...], *, is_secure: bool
    ) -> None:
        users.add("张三", SPRING, now=clock.now())
        headers = {"accept": "text/html", "x-forwarded-proto": "https"}

        with serving_gate(prefect, proxies=proxies) as address:
            answer = httpx.get(
                f"{address}/ui-settings", auth=ZHANG, headers=headers, trust_env=False
            )

        cookie = answer.headers["set-cookie"].lower()
        assert ("; secure" in cookie) is is_secure
        assert "httponly" in cookie
        assert "samesite=strict" in cookie


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
        monkeypatch.setattr(bootstrap, "why_read_only", lambda: "现在只能查看")

        answer = browser.post(ORDER, json={}, auth=ZHANG)

        assert answer.status_code == 503
        assert "没能记入历史，所以没有办理" in answer.text
        assert not prefect.changes

    def test_looking_leaves_no_line(self, browser: httpx.Client) -> None:
        browser.post("/api/flow_runs/filter", json={}, auth=ZHANG)

        assert not history()
