"""The gate's own pages: the form to sign in by, signing out, and the first user's link."""

import re
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from flows import clock
from junheng.domain.throttling import PATIENCE
from tasks import signing_in, users
from tests.fakes_prefect import FakePrefect
from tests.flows.a_gate import serving_gate

SPRING = "春天的操场很大很大"
ZHANG = {"name": "张三", "password": SPRING}
BOTH = ZHANG | {"again": SPRING}
# What a browser says of a page that somebody opens.
NAVIGATE = {"sec-fetch-mode": "navigate", "sec-fetch-site": "none", "accept": "text/html"}


@pytest.fixture
def browser() -> Iterator[httpx.Client]:
    with (
        FakePrefect() as prefect,
        serving_gate(prefect) as address,
        httpx.Client(base_url=address, trust_env=False) as opened,
    ):
        yield opened


@pytest.fixture
def _zhang() -> None:
    users.add("张三", SPRING, now=clock.now())


@pytest.mark.usefixtures("_zhang")
class TestSignIn:
    def test_a_browser_is_sent_to_the_form_and_back_to_the_page_it_asked_for(
        self, browser: httpx.Client
    ) -> None:
        asked = browser.get("/ui-settings?a=1&b=2", headers=NAVIGATE)
        form = browser.get(asked.headers["location"], headers=NAVIGATE)
        sent = browser.post(asked.headers["location"], data=ZHANG)

        assert (asked.status_code, form.status_code, sent.status_code) == (303, 200, 303)
        assert sent.headers["location"] == "/ui-settings?a=1&b=2"
        assert browser.get(sent.headers["location"].partition("?")[0]).status_code == 200

    @pytest.mark.parametrize(
        "elsewhere", ["//evil.test/", "https://evil.test/", "/\\evil.test", "", "/a/../b", "x\n/"]
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
        assert browser.post("/sign-in", data={"name": "x" * 9000}).status_code == 413

    def test_a_script_of_the_page_is_not_asked_by_a_window_of_the_browsers_own(
        self, browser: httpx.Client
    ) -> None:
        answer = browser.get("/api/flow_runs/r1", headers={"sec-fetch-mode": "cors"})

        assert answer.status_code == 401
        assert "www-authenticate" not in answer.headers

    def test_signing_out_ends_this_sign_in_alone(self, browser: httpx.Client) -> None:
        signing_in.sign_in("张三", SPRING, address="127.0.0.9", now=clock.now())
        browser.post("/sign-in", data=ZHANG)
        assert "已登录：张三" in browser.get("/sign-in").text

        browser.post("/sign-out")

        assert browser.get("/ui-settings").status_code == 401
        assert [one.address for one in users.valid_sign_ins(now=clock.now())] == ["127.0.0.9"]


class TestFirstUser:
    def test_the_link_makes_the_first_user_who_is_signed_in(self, browser: httpx.Client) -> None:
        link = f"/first-user/{signing_in.make_link(now=clock.now())}"

        assert "设第一位登录用户" in browser.get(link).text
        sent = browser.post(link, data=BOTH)

        assert (sent.status_code, sent.headers["location"]) == (303, "/")
        assert browser.get("/ui-settings").status_code == 200
        assert users.names() == ("张三",)

    def test_a_link_that_was_used_or_is_old_or_made_up_says_so(self, browser: httpx.Client) -> None:
        old = signing_in.make_link(now=clock.now() - timedelta(minutes=16))
        used = signing_in.make_link(now=clock.now())
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
        link = f"/first-user/{signing_in.make_link(now=clock.now())}"

        answer = browser.post(link, data=BOTH | typed)

        assert answer.status_code == 400
        assert said in answer.text
        assert users.names() == ()
        assert browser.post(link, data=BOTH).status_code == 303

    def test_a_form_of_another_page_is_refused(self, browser: httpx.Client) -> None:
        link = f"/first-user/{signing_in.make_link(now=clock.now())}"

        answer = browser.post(link, data=BOTH, headers={"origin": "http://evil.test"})

        assert answer.status_code == 403
        assert users.names() == ()

    def test_without_users_every_page_says_how_to_get_a_link(self, browser: httpx.Client) -> None:
        answer = browser.get("/", headers=NAVIGATE)

        assert answer.status_code == 403
        assert "junheng users link" in answer.text


def test_no_page_fetches_anything_or_runs_a_script(browser: httpx.Client) -> None:
    token = signing_in.make_link(now=clock.now())

    for path in ("/sign-in", f"/first-user/{token}", "/first-user/nonsense"):
        page = browser.get(path)

        assert page.headers["cache-control"] == "no-store"
        assert page.headers["referrer-policy"] == "same-origin"
        assert page.headers["content-security-policy"].startswith("default-src 'none';")
        assert not re.findall(r"<script|<link|<img|src=|url\(", page.text)
