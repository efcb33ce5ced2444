"""People sign in with a real browser: by the first user's link, by the form, without JavaScript."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import BrowserContext, Page

from junheng.adapters import clock
from tasks.people import sign_ins, users
from tests.app.server.guard.a_guard import SPRING, around_an_echo
from tests.browser import chromium
from tests.browser.chromium import needs_chromium
from tests.loopback import Loopback

pytestmark = [
    needs_chromium,
    # Playwright's driver speaks over pipes of a loop of its own.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def guard() -> Iterator[str]:
    with around_an_echo() as address:
        yield address


@pytest.fixture
def context() -> Iterator[BrowserContext]:
    with chromium.running() as browser:
        opened = browser.new_context(java_script_enabled=False)
        yield opened
        opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@contextmanager
def letter_with(link: str) -> Iterator[str]:
    """Yield the address of a page with a link, of another site: localhost is not 127.0.0.1."""

    class Letter(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(f'<a href="{link}">open</a>'.encode())

        def log_message(self, *_: object) -> None:
            """Say nothing in the middle of a test."""

    with Loopback(ThreadingHTTPServer(("127.0.0.1", 0), Letter)) as serving:
        yield f"http://localhost:{serving.port}/"


def fill(page: Page, **typed: str) -> None:
    for label, text in typed.items():
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_role("button").click()


def test_the_first_user_is_made_by_the_link_and_comes_to_prefect(guard: str, page: Page) -> None:
    page.goto(f"{guard}/first-user/{sign_ins.issue_link_token(now=clock.now())}")
    fill(page, 姓名="张三", 密码=SPRING, 再输一遍密码="另一个密码")
    assert page.get_by_role("alert").inner_text() == "两遍密码不一样，请重新填写。"

    fill(page, 密码=SPRING, 再输一遍密码=SPRING)
    page.goto(f"{guard}/runs")

    assert "/runs" in page.content()
    assert users.names() == ("张三",)


class TestForm:
    @pytest.fixture(autouse=True)
    def _zhang(self) -> None:
        users.add("张三", SPRING, now=clock.now())

    def test_it_leads_to_the_page_that_was_asked_for(self, guard: str, page: Page) -> None:
        page.goto(f"{guard}/runs")
        assert page.get_by_role("heading").inner_text() == "登录"

        fill(page, 姓名="张三", 密码=SPRING)

        assert page.url == f"{guard}/runs"
        assert "/runs" in page.content()

    def test_somebody_signed_out_by_the_office_sees_the_form_again(
        self, guard: str, page: Page
    ) -> None:
        page.goto(f"{guard}/runs")
        fill(page, 姓名="张三", 密码=SPRING)

        users.sign_out("张三", now=clock.now())
        page.goto(f"{guard}/runs")

        assert page.get_by_role("heading").inner_text() == "登录"

    def test_a_link_on_another_site_leads_to_the_page_for_who_is_signed_in(
        self, guard: str, page: Page
    ) -> None:
        with letter_with(f"{guard}/runs") as letter:
            page.goto(letter)
            page.get_by_role("link").click()
            page.wait_for_url("**/sign-in?next=*")
            fill(page, 姓名="张三", 密码=SPRING)
            assert "/runs" in page.content()

            page.goto(letter)
            page.get_by_role("link").click()
            page.get_by_text("/runs").wait_for()

        assert page.url == f"{guard}/runs"
