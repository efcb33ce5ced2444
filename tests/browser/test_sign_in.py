"""Sign-in with a real browser without JavaScript: by the first user's link and by the form."""

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
    # Playwright's driver leaves pipes of its own event loop to the garbage collector.
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
    """Yield the URL of a page with a link, on another site: localhost is not 127.0.0.1."""

    class Letter(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(f'<a href="{link}">open</a>'.encode())

        def log_message(self, *_: object) -> None:
            """Suppress the log."""

    with Loopback(ThreadingHTTPServer(("127.0.0.1", 0), Letter)) as server:
        yield f"http://localhost:{server.port}/"


def fill(page: Page, **typed: str) -> None:
    for label, text in typed.items():
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_role("button").click()


def test_the_link_creates_the_first_user_and_opens_prefect(guard: str, page: Page) -> None:
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

    def test_redirects_to_the_requested_page(self, guard: str, page: Page) -> None:
        page.goto(f"{guard}/runs")
        assert page.get_by_role("heading").inner_text() == "登录"

        fill(page, 姓名="张三", 密码=SPRING)

        assert page.url == f"{guard}/runs"
        assert "/runs" in page.content()

    def test_a_user_signed_out_by_the_command_sees_the_form(self, guard: str, page: Page) -> None:
        page.goto(f"{guard}/runs")
        fill(page, 姓名="张三", 密码=SPRING)

        users.sign_out("张三", now=clock.now())
        page.goto(f"{guard}/runs")

        assert page.get_by_role("heading").inner_text() == "登录"

    def test_a_link_on_another_site_opens_the_page_for_a_signed_in_user(
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
