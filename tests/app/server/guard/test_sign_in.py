"""The guard's own pages: the form to sign in by, signing out, and the first user's link."""

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
# What a browser says of a page that somebody opens.
NAVIGATE = {"sec-fetch-mode": "navigate", "sec-fetch-site": "none", "accept": "text/html"}


@pytest.fixture
def browser() -> Iterator[httpx.Client]:
    with around_an_echo() as address, httpx.Client(base_url=address, trust_env=False) as opened:
        yield opened


@pytest.fixture
def _zhang() -> None:
    users.add("张三", SPRING, now=clock.now())


@pytest.mark.usefixtures("_zhang")
class TestSignIn:
    def test_a_browser_is_sent_to_the_form_and_back_to_the_page_it_asked_for(
        self, browser: httpx.Client
    ) -> None:
        asked = browser.get("/runs?a=1&b=2", headers=NAVIGATE)
        form = browser.get(asked.headers["location"], headers=NAVIGATE)
        sent = browser.post(asked.headers["location"], data=ZHANG)

        assert (asked.status_code, form.status_code, sent.status_code) == (303, 200, 303)
        assert sent.headers["location"] == "/runs?a=1&b=2"
        assert browser.get(sent.headers["location"].partition("?")[0]).status_code == 200

    @pytest.mark.parametrize(
        "elsewhere", ["//evil.test/", "https://evil.test/", "/\\evil.test", "", "x\n/", "//["]
    )
    def test_it_leads_to_nowhere_else(self, browser: httpx.Client, elsewhere: str) -> None:
        sent = browser.post("/sign-in", params={"next": elsewhere}, data=ZHANG)

        assert sent.headers["location"] == "/"

    def test_a_wrong_password_shows_the_form_again_with_the_name(
        self, browser: httpx.Client
    ) -> None:
        answer = browser.post("/sign-in", data=ZHANG | {"password": "wrong"})

        assert answer.status_code == 401
        assert "姓名或密码不对。" in answer.text
        assert 'value="张三"' in answer.text
        assert "wrong" not in answer.text

    def test_too_many_wrong_passwords_are_told_how_long_to_wait(
        self, browser: httpx.Client
    ) -> None:
        for _ in range(PATIENCE):
            browser.post("/sign-in", data=ZHANG | {"password": "wrong"})

        answer = browser.post("/sign-in", data=ZHANG)

        assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
        assert "请等1秒再试" in answer.text

    def test_a_name_that_looks_like_a_tag_is_text(self, browser: httpx.Client) -> None:
        answer = browser.post("/sign-in", data={"name": '"><b>', "password": "wrong"})

        assert "<b>" not in answer.text

    def test_a_form_of_another_page_is_refused(self, browser: httpx.Client) -> None:
        for path in ("/sign-in", "/sign-out"):
            answer = browser.post(path, data=ZHANG, headers={"origin": "http://evil.test"})

            assert answer.status_code == 403
        assert users.valid_sign_ins(now=clock.now()) == ()

    def test_more_than_a_form_is_not_read(self, browser: httpx.Client) -> None:
        answer = browser.post("/sign-in", data={"name": "x" * 9000})

        assert answer.status_code == 413
        assert "填写的内容太长" in answer.text

    def test_a_script_of_the_page_is_told_to_load_it_again(self, browser: httpx.Client) -> None:
        answer = browser.get("/api/flow_runs/r1", headers={"sec-fetch-mode": "cors"})

        assert answer.status_code == 401
        assert "www-authenticate" not in answer.headers
        assert answer.json()["detail"].endswith("请刷新网页，重新登录。")

    def test_a_cookie_is_of_no_use_to_scripts_and_other_sites(self, browser: httpx.Client) -> None:
        cookie = browser.post("/sign-in", data=ZHANG).headers["set-cookie"].lower()

        assert {"httponly", "samesite=strict"} <= set(cookie.split("; "))
        assert "secure" not in cookie

    def test_who_is_removed_is_out_at_once(self, browser: httpx.Client) -> None:
        browser.post("/sign-in", data=ZHANG)

        users.remove("张三", now=clock.now())

        assert browser.get("/runs").status_code == 401

    def test_who_is_signed_out_by_the_command_is_out_at_once(self, browser: httpx.Client) -> None:
        browser.post("/sign-in", data=ZHANG)

        result = CliRunner().invoke(app, ["users", "sign-out", "张三"])

        assert result.stderr == "已结束 张三 的1处登录。\n"
        assert browser.get("/runs").status_code == 401

    def test_a_restart_of_the_server_signs_nobody_out(self, browser: httpx.Client) -> None:
        browser.post("/sign-in", data=ZHANG)

        with around_an_echo() as restarted:
            answer = browser.get(f"{restarted}/runs")

        assert answer.status_code == 200

    def test_a_database_that_is_gone_is_said_in_one_sentence(
        self, browser: httpx.Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        browser.post("/sign-in", data=ZHANG)
        monkeypatch.setenv("JUNHENG_DATABASE_URL", "postgresql://127.0.0.1:9/junheng")

        answer = browser.get("/runs")

        assert answer.status_code == 503
        assert "PostgreSQL 是否已经启动" in answer.json()["detail"]

    def test_signing_out_ends_this_sign_in_alone(self, browser: httpx.Client) -> None:
        signing_in.sign_in("张三", SPRING, address="127.0.0.9", now=clock.now())
        browser.post("/sign-in", data=ZHANG)
        assert "已登录：张三" in browser.get("/sign-in").text

        browser.post("/sign-out")

        assert browser.get("/runs").status_code == 401
        assert [one.address for one in users.valid_sign_ins(now=clock.now())] == ["127.0.0.9"]


class TestFirstUser:
    def test_the_link_makes_the_first_user_who_is_signed_in(self, browser: httpx.Client) -> None:
        link = f"/first-user/{signing_in.issue_link_token(now=clock.now())}"

        assert "设第一位登录用户" in browser.get(link).text
        sent = browser.post(link, data=BOTH)

        assert (sent.status_code, sent.headers["location"]) == (303, "/")
        assert browser.get("/runs").status_code == 200
        assert users.names() == ("张三",)

    def test_a_link_that_was_used_or_is_old_or_made_up_says_so(self, browser: httpx.Client) -> None:
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
        ("typed", "said"),
        [
            ({"again": "another"}, "两遍密码不一样"),
            ({"password": "short", "again": "short"}, "密码至少8个字符"),
            ({"name": "张:三"}, "姓名要有1到30个字"),
            ({"name": ""}, "姓名要有1到30个字"),
        ],
    )
    def test_what_will_not_do_is_said_and_can_be_typed_again(
        self, browser: httpx.Client, typed: dict[str, str], said: str
    ) -> None:
        link = f"/first-user/{signing_in.issue_link_token(now=clock.now())}"

        answer = browser.post(link, data=BOTH | typed)

        assert answer.status_code == 400
        assert said in answer.text
        assert users.names() == ()
        assert browser.post(link, data=BOTH).status_code == 303

    def test_a_form_of_another_page_is_refused(self, browser: httpx.Client) -> None:
        link = f"/first-user/{signing_in.issue_link_token(now=clock.now())}"

        answer = browser.post(link, data=BOTH, headers={"origin": "http://evil.test"})

        assert answer.status_code == 403
        assert users.names() == ()

    def test_without_users_every_page_says_how_to_get_a_link(self, browser: httpx.Client) -> None:
        answer = browser.get("/", headers=NAVIGATE, follow_redirects=True)

        assert answer.url.path == "/sign-in"
        assert "junheng users link" in answer.text


class TestBehindAProxy:
    """What a proxy forwards is believed of a configured one and of nobody else."""

    @pytest.mark.parametrize("proxies", ["", "127.0.0.0/8"])
    def test_address_and_https_are_those_that_it_forwards(
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


class TestHandingOn:
    def test_prefect_is_given_our_own_key(self, browser: httpx.Client) -> None:
        users.add("张三", SPRING, now=clock.now())
        browser.post("/sign-in", data=ZHANG)

        asked = browser.get("/api/flow_runs/r1", headers={"authorization": "Basic x"}).json()

        key = PrefectServer(1, auth=KEY).headers["Authorization"]
        assert asked["headers"]["authorization"] == key

    def test_a_page_that_is_no_part_of_the_api_is_given_none(self, browser: httpx.Client) -> None:
        users.add("张三", SPRING, now=clock.now())
        browser.post("/sign-in", data=ZHANG)

        asked = browser.get("/runs").json()

        assert asked["path"] == "/runs"
        assert asked["headers"]["cookie"].startswith(COOKIE)


def test_no_page_fetches_anything_or_runs_a_script(browser: httpx.Client) -> None:
    token = signing_in.issue_link_token(now=clock.now())

    for path in ("/sign-in", f"/first-user/{token}", "/first-user/nonsense"):
        page = browser.get(path)

        assert page.headers["cache-control"] == "no-store"
        assert page.headers["referrer-policy"] == "same-origin"
        assert page.headers["content-security-policy"].startswith("default-src 'none';")
        assert not re.findall(r"<script|<link|<img|src=|url\(", page.text)
