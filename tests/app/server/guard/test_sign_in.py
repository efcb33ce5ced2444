"""The guard's own pages: the sign-in form, signing out, and the first user's link."""

import re
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
from typer.testing import CliRunner

from app.cli.app import app
from app.server.prefect_client import PrefectServer
from junheng.adapters import clock
from junheng.domain.operations.throttling import PATIENCE
from tasks.people import sign_ins as signing_in
from tasks.people import users
from tests.app.server.an_office import KEY
from tests.app.server.guard.a_guard import COOKIE, SPRING, around_an_echo

ZHANG = {"name": "张三", "password": SPRING}
BOTH = ZHANG | {"again": SPRING}
# The headers of a browser that opens a page.
NAVIGATE = {"sec-fetch-mode": "navigate", "sec-fetch-site": "none", "accept": "text/html"}


@pytest.fixture
def browser() -> Iterator[httpx.Client]:
    with around_an_echo() as address, httpx.Client(base_url=address, trust_env=False) as client:
        yield client


@pytest.fixture
def _zhang() -> None:
    users.add("张三", SPRING, now=clock.now())


@pytest.mark.usefixtures("_zhang")
class TestSignIn:
    def test_redirects_to_the_form_and_back_to_the_requested_page(
        self, browser: httpx.Client
    ) -> None:
        opened = browser.get("/runs?a=1&b=2", headers=NAVIGATE)
        form = browser.get(opened.headers["location"], headers=NAVIGATE)
        sent = browser.post(opened.headers["location"], data=ZHANG)

        assert (opened.status_code, form.status_code, sent.status_code) == (303, 200, 303)
        assert sent.headers["location"] == "/runs?a=1&b=2"
        assert browser.get(sent.headers["location"].partition("?")[0]).status_code == 200

    @pytest.mark.parametrize(
        "elsewhere", ["//evil.test/", "https://evil.test/", "/\\evil.test", "", "x\n/", "//["]
    )
    def test_never_redirects_to_another_server(self, browser: httpx.Client, elsewhere: str) -> None:
        sent = browser.post("/sign-in", params={"next": elsewhere}, data=ZHANG)

        assert sent.headers["location"] == "/"

    def test_a_wrong_password_shows_the_form_with_the_name(self, browser: httpx.Client) -> None:
        answer = browser.post("/sign-in", data=ZHANG | {"password": "wrong"})

        assert answer.status_code == 401
        assert "姓名或密码不对。" in answer.text
        assert 'value="张三"' in answer.text
        assert "wrong" not in answer.text

    def test_too_many_wrong_passwords_get_429_with_retry_after(self, browser: httpx.Client) -> None:
        for _ in range(PATIENCE):
            browser.post("/sign-in", data=ZHANG | {"password": "wrong"})

        answer = browser.post("/sign-in", data=ZHANG)

        assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
        assert "请等1秒再试" in answer.text

    def test_a_name_is_escaped(self, browser: httpx.Client) -> None:
        answer = browser.post("/sign-in", data={"name": '"><b>', "password": "wrong"})

        assert "<b>" not in answer.text

    def test_a_form_of_another_page_is_refused(self, browser: httpx.Client) -> None:
        for path in ("/sign-in", "/sign-out"):
            answer = browser.post(path, data=ZHANG, headers={"origin": "http://evil.test"})

            assert answer.status_code == 403
        assert users.valid_sign_ins(now=clock.now()) == ()

    def test_a_huge_form_is_refused(self, browser: httpx.Client) -> None:
        answer = browser.post("/sign-in", data={"name": "x" * 9000})

        assert answer.status_code == 413
        assert "填写的内容太长" in answer.text

    def test_a_script_of_a_page_gets_401_without_a_challenge(self, browser: httpx.Client) -> None:
        answer = browser.get("/api/flow_runs/r1", headers={"sec-fetch-mode": "cors"})

        assert answer.status_code == 401
        assert "www-authenticate" not in answer.headers
        assert answer.json()["detail"].endswith("请刷新网页，重新登录。")

    def test_the_cookie_is_http_only_and_same_site(self, browser: httpx.Client) -> None:
        cookie = browser.post("/sign-in", data=ZHANG).headers["set-cookie"].lower()

        assert {"httponly", "samesite=strict"} <= set(cookie.split("; "))
        assert "secure" not in cookie

    def test_a_removed_user_is_signed_out_at_once(self, browser: httpx.Client) -> None:
        browser.post("/sign-in", data=ZHANG)

        users.remove("张三", now=clock.now())

        assert browser.get("/runs").status_code == 401

    def test_sign_out_by_the_command_is_effective_at_once(self, browser: httpx.Client) -> None:
        browser.post("/sign-in", data=ZHANG)

        result = CliRunner().invoke(app, ["users", "sign-out", "张三"])

        assert result.stderr == "已结束 张三 的1处登录。\n"
        assert browser.get("/runs").status_code == 401

    def test_a_restart_of_the_server_keeps_the_sign_ins(self, browser: httpx.Client) -> None:
        browser.post("/sign-in", data=ZHANG)

        with around_an_echo() as restarted:
            answer = browser.get(f"{restarted}/runs")

        assert answer.status_code == 200

    def test_a_database_that_is_down_is_one_sentence(
        self, browser: httpx.Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        browser.post("/sign-in", data=ZHANG)
        monkeypatch.setenv("JUNHENG_DATABASE_URL", "postgresql://127.0.0.1:9/junheng")

        answer = browser.get("/runs")

        assert answer.status_code == 503
        assert "PostgreSQL 是否已经启动" in answer.json()["detail"]

    def test_signing_out_ends_only_this_sign_in(self, browser: httpx.Client) -> None:
        signing_in.sign_in("张三", SPRING, address="127.0.0.9", now=clock.now())
        browser.post("/sign-in", data=ZHANG)
        assert "已登录：张三" in browser.get("/sign-in").text

        browser.post("/sign-out")

        assert browser.get("/runs").status_code == 401
        assert [sign_in.address for sign_in in users.valid_sign_ins(now=clock.now())] == [
            "127.0.0.9"
        ]


class TestFirstUser:
    def test_the_link_creates_the_first_user_and_signs_in(self, browser: httpx.Client) -> None:
        link = f"/first-user/{signing_in.issue_link_token(now=clock.now())}"

        assert "设第一位登录用户" in browser.get(link).text
        sent = browser.post(link, data=BOTH)

        assert (sent.status_code, sent.headers["location"]) == (303, "/")
        assert browser.get("/runs").status_code == 200
        assert users.names() == ("张三",)

    def test_a_used_expired_or_invented_link_is_gone(self, browser: httpx.Client) -> None:
        old = signing_in.issue_link_token(now=clock.now() - timedelta(minutes=16))
        used = signing_in.issue_link_token(now=clock.now())
        browser.post(f"/first-user/{used}", data=BOTH)

        for token in (old, used, "nonsense"):
            for answer in (
                browser.get(f"/first-user/{token}"),
                browser.post(f"/first-user/{token}", data=BOTH | {"name": "李四"}),
            ):
                assert answer.status_code == 410
                assert "junheng users link" in answer.text
        assert users.names() == ("张三",)

    @pytest.mark.parametrize(
        ("typed", "sentence"),
        [
            ({"again": "another"}, "两遍密码不一样"),
            ({"password": "short", "again": "short"}, "密码至少8个字符"),
            ({"name": "张:三"}, "姓名要有1到30个字"),
            ({"name": ""}, "姓名要有1到30个字"),
        ],
    )
    def test_invalid_input_is_reported_and_can_be_corrected(
        self, browser: httpx.Client, typed: dict[str, str], sentence: str
    ) -> None:
        link = f"/first-user/{signing_in.issue_link_token(now=clock.now())}"

        answer = browser.post(link, data=BOTH | typed)

        assert answer.status_code == 400
        assert sentence in answer.text
        assert users.names() == ()
        assert browser.post(link, data=BOTH).status_code == 303

    def test_a_form_of_another_page_is_refused(self, browser: httpx.Client) -> None:
        link = f"/first-user/{signing_in.issue_link_token(now=clock.now())}"

        answer = browser.post(link, data=BOTH, headers={"origin": "http://evil.test"})

        assert answer.status_code == 403
        assert users.names() == ()

    def test_without_users_every_page_names_the_link_command(self, browser: httpx.Client) -> None:
        answer = browser.get("/", headers=NAVIGATE, follow_redirects=True)

        assert answer.url.path == "/sign-in"
        assert "junheng users link" in answer.text


class TestBehindAProxy:
    """Forwarded headers count only if they come from a configured proxy."""

    @pytest.mark.parametrize("proxies", ["", "127.0.0.0/8"])
    def test_address_and_scheme_are_the_forwarded_ones(
        self, monkeypatch: pytest.MonkeyPatch, proxies: str
    ) -> None:
        monkeypatch.setenv("JUNHENG_TRUSTED_PROXIES", proxies)
        users.add("张三", SPRING, now=clock.now())
        forwarded = {"x-forwarded-for": "192.0.2.7", "x-forwarded-proto": "https"}

        with around_an_echo() as address:
            answer = httpx.post(f"{address}/sign-in", data=ZHANG, headers=forwarded)

        [sign_in] = users.valid_sign_ins(now=clock.now())
        assert sign_in.address == ("192.0.2.7" if proxies else "127.0.0.1")
        assert ("; secure" in answer.headers["set-cookie"].lower()) is bool(proxies)


class TestForwarding:
    def test_prefect_gets_our_own_key(self, browser: httpx.Client) -> None:
        users.add("张三", SPRING, now=clock.now())
        browser.post("/sign-in", data=ZHANG)

        received = browser.get("/api/flow_runs/r1", headers={"authorization": "Basic x"}).json()

        key = PrefectServer(1, auth=KEY).headers["Authorization"]
        assert received["headers"]["authorization"] == key

    def test_a_page_outside_the_api_is_forwarded(self, browser: httpx.Client) -> None:
        users.add("张三", SPRING, now=clock.now())
        browser.post("/sign-in", data=ZHANG)

        received = browser.get("/runs").json()

        assert received["path"] == "/runs"
        assert received["headers"]["cookie"].startswith(COOKIE)


def test_no_page_loads_a_resource_or_runs_a_script(browser: httpx.Client) -> None:
    token = signing_in.issue_link_token(now=clock.now())

    for path in ("/sign-in", f"/first-user/{token}", "/first-user/nonsense"):
        page = browser.get(path)

        assert page.headers["cache-control"] == "no-store"
        assert page.headers["referrer-policy"] == "same-origin"
        assert page.headers["content-security-policy"].startswith("default-src 'none';")
        assert not re.findall(r"<script|<link|<img|src=|url\(", page.text)
