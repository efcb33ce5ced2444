"""Every deployment is started from the Prefect UI as an operator would: blank, filled, cleared."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from junheng.adapters import clock
from junheng.domain.office_days import school_year
from tasks.people import users
from tests import databases, small_district
from tests.app.server.an_office import RunningOffice
from tests.app.server.guard.a_guard import SPRING
from tests.browser import chromium
from tests.browser.chromium import needs_chromium
from tests.browser.prefect_pages import NEWER, OLDER, PATIENCE_MS, Form, PrefectPages, Sent

pytestmark = [
    needs_chromium,
    # Playwright's driver speaks over pipes of a loop of its own.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
MONDAY = "2025-11-03"
CHINESE = re.compile(r"[\u4e00-\u9fff]{3,}")
CANCELLED = {"type": "CANCELLED", "name": "Cancelled"}
TEXTS = {"发起人": "张三", "事由": "试用"}
# Which places of each form are filled in, by kind.
WRITTEN: dict[str, dict[str, str]] = {
    "annual-round": {"学年": "2025", "无联系人仍开展的理由": "已电话约定"} | TEXTS,
    "recheck": {"学年": "2025", "无联系人仍开展的理由": "已电话约定"} | TEXTS,
    "monthly-review": {"学年": "2025", "无联系人仍开展的理由": "已电话约定"} | TEXTS,
    "daily-chase": TEXTS,
    "collect-inbox": TEXTS,
    "nightly-audit": TEXTS,
    "sample-round": TEXTS,
}
WITH_FOLDER = frozenset({"annual-round", "recheck"})
WITH_DAY = frozenset({"annual-round", "recheck", "monthly-review", "daily-chase", "sample-round"})
WITH_DRY_RUN = frozenset({"annual-round", "recheck", "monthly-review", "daily-chase"})
WITH_DISTRICT = frozenset(WRITTEN) - {"sample-round"}
every_form = pytest.mark.parametrize("name", WRITTEN)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that can be named in a form."""
    return small_district.make(tmp_path_factory.mktemp("sent") / "2025")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningOffice]:
    """Run an office whose inbox holds this school year's folder."""
    home = tmp_path_factory.mktemp("office") / "home"
    databases.ready(home)
    small_district.make(home / "inbox" / str(school_year(clock.today())))
    with RunningOffice(home, databases.settings_of(home)) as running:
        yield running


@pytest.fixture(scope="module")
def asked() -> list[str]:
    """Return the addresses that the pages asked for."""
    return []


@pytest.fixture(scope="module")
def page(office: RunningOffice, asked: list[str]) -> Iterator[Page]:
    """Return the browser of somebody who signed in."""
    with pytest.MonkeyPatch.context() as patch:
        databases.move_in(office.home, patch)
        users.add("张三", SPRING, now=clock.now())
    with chromium.running() as browser:
        opened = browser.new_page(viewport={"width": 1280, "height": 1600}, locale="zh-CN")
        opened.set_default_timeout(PATIENCE_MS)
        opened.on("request", lambda request: asked.append(request.url))
        opened.on("websocket", lambda socket: asked.append(socket.url))
        sign_in(opened, f"http://127.0.0.1:{office.port}")
        yield opened


def sign_in(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_label("姓名").fill("张三")
    page.get_by_label("密码").fill(SPRING)
    page.get_by_role("button", name="登录").click()
    page.get_by_text("Flow Runs").first.wait_for()


@pytest.fixture
def pages(office: RunningOffice, page: Page) -> PrefectPages:
    return PrefectPages(page, f"http://127.0.0.1:{office.port}")


@pytest.fixture(scope="module")
def signed(office: RunningOffice, page: Page) -> Sent:
    """Run the sample and sign it off, all but one remediation."""
    pages = PrefectPages(page, f"http://127.0.0.1:{office.port}")
    asking = pages.form(office.deployments()["sample-round"])
    fill_in(asking, "sample-round", Path())
    completed(office, asking.send())
    form = pages.form(office.deployments()["sign-off"])
    form.choose("签批意见", "同意")
    form.write("理由", "按程序办理")
    reference, why = form.add("暂不交办的事项").all()
    reference.fill("370405-2025-0001")
    why.fill("正在核实")
    form.write("签批单编号", "1")
    form.pick("按哪一天办理", MONDAY)
    form.choose("区县", "taierzhuang")
    sent = form.send()
    completed(office, sent)
    return sent


def fill_in(form: Form, name: str, folder: Path) -> None:
    """Fill in every place of a form."""
    for title, text in WRITTEN[name].items():
        form.write(title, text)
    if name in WITH_FOLDER:
        form.write("报送文件夹", str(folder))
    if name in WITH_DAY:
        form.pick("按哪一天办理", MONDAY)
    if name in WITH_DISTRICT:
        form.choose("区县", "taierzhuang")
    if name in WITH_DRY_RUN:
        form.switch("试运行")


def clear(form: Form, name: str) -> None:
    """Clear every place of a form again."""
    for title in WRITTEN[name]:
        form.write(title, "")
    if name in WITH_FOLDER:
        form.write("报送文件夹", "")
    if name in WITH_DAY:
        form.omit("按哪一天办理")
    if name in WITH_DISTRICT:
        form.omit("区县")
    if name in WITH_DRY_RUN:
        form.switch("试运行")


def completed(office: RunningOffice, sent: Sent) -> None:
    state = office.end_of(sent.run)
    assert state["type"] == "COMPLETED", state["message"]


def artifacts(office: RunningOffice, run: str) -> list[dict[str, Any]]:
    asked = {"flow_runs": {"id": {"any_": [run]}}}
    found: list[dict[str, Any]] = office.ask("/artifacts/filter", asked)
    return [one for one in found if one["type"] in {"table", "markdown"}]


def is_shown(artifact: dict[str, Any], pages: PrefectPages) -> bool:
    """Open an artifact and say whether its page tells what it says of itself."""
    told = CHINESE.search(artifact["description"])
    return told is not None and told[0] in pages.artifact(artifact["id"], told[0])


class TestASignOff:
    def test_leaves_out_the_one_that_is_named(
        self, office: RunningOffice, pages: PrefectPages, signed: Sent
    ) -> None:
        assert signed.parameters["leave_out"] == [
            {"reference": "370405-2025-0001", "reason": "正在核实"}
        ]
        assert signed.parameters["on"] == MONDAY
        shown = {one["key"]: one for one in artifacts(office, signed.run)}["sign-off-1"]
        assert "张三" in shown["description"]
        assert is_shown(shown, pages)

    def test_is_signed_by_who_is_signed_in_whatever_was_filled_in(
        self, office: RunningOffice, pages: PrefectPages, signed: Sent
    ) -> None:
        # What was left out is asked for again.
        completed(office, Sent(office.start("monthly-review"), {}))
        form = pages.form(office.deployments()["sign-off"])

        form.write("签批人", "李四")
        sent = form.send()

        completed(office, sent)
        assert sent.parameters.keys() == {"by", "decision", "leave_out"}
        shown = {one["key"]: one for one in artifacts(office, sent.run)}["sign-off-2"]
        assert "张三" in shown["description"]
        assert "李四" not in shown["description"]


@every_form
class TestEveryForm:
    def test_runs_blank(
        self, office: RunningOffice, pages: PrefectPages, signed: Sent, name: str
    ) -> None:
        sent = pages.form(office.deployments()[name]).send()

        assert not any(sent.parameters.values())
        if name == "sample-round":
            # It ran to its end for the sign-off.
            office.ask(f"/flow_runs/{sent.run}/set_state", {"state": CANCELLED})
            return
        completed(office, sent)
        for one in artifacts(office, sent.run):
            assert is_shown(one, pages), one["key"]

    def test_is_taken_filled_in(
        self, office: RunningOffice, pages: PrefectPages, signed: Sent, name: str, folder: Path
    ) -> None:
        form = pages.form(office.deployments()[name])
        fill_in(form, name, folder)

        sent = form.send()

        assert sent.parameters["by"] == "张三"
        assert not (name in WITH_DAY and sent.parameters["on"] != MONDAY)
        # One with every kind of place runs to its end; the others ran blank.
        if name == "annual-round":
            completed(office, sent)
        else:
            office.ask(f"/flow_runs/{sent.run}/set_state", {"state": CANCELLED})

    def test_is_taken_once_all_is_cleared_again(
        self, office: RunningOffice, pages: PrefectPages, name: str, folder: Path
    ) -> None:
        form = pages.form(office.deployments()[name])
        fill_in(form, name, folder)
        clear(form, name)

        sent = form.send()

        office.ask(f"/flow_runs/{sent.run}/set_state", {"state": CANCELLED})
        assert not any(sent.parameters.values())


class TestARunThatFailed:
    @pytest.mark.parametrize("ui", ["/v2", OLDER], ids=["newer", "older"])
    def test_goes_on_when_it_is_retried(
        self, office: RunningOffice, pages: PrefectPages, page: Page, ui: str, tmp_path: Path
    ) -> None:
        coming = tmp_path / "2025"
        form = PrefectPages(page, pages.address, ui).form(office.deployments()["annual-round"])
        form.write("学年", "2025")
        form.write("报送文件夹", str(coming))
        sent = form.send()
        state = office.end_of(sent.run)
        assert (state["type"], "没有这个文件夹" in state["message"]) == ("FAILED", True)
        small_district.make(coming)

        PrefectPages(page, pages.address, ui).retry(sent.run)

        completed(office, sent)
        assert office.run(sent.run)["run_count"] == 2


class TestTheGuard:
    def test_shows_why_something_is_refused(
        self, office: RunningOffice, pages: PrefectPages, page: Page
    ) -> None:
        for ui in (NEWER, OLDER):
            PrefectPages(page, pages.address, ui).change(office.deployments()["nightly-audit"])

            page.get_by_text("这里不能办这件事").first.wait_for()
        assert "nightly-audit" in office.deployments()

    def test_signs_out(self, pages: PrefectPages, page: Page) -> None:
        page.goto(f"{pages.address}/sign-in")
        page.get_by_role("button", name="退出登录").click()
        page.goto(f"{pages.address}/v2/runs")
        page.get_by_role("heading", name="登录").wait_for()

        sign_in(page, pages.address)

    def test_no_page_asked_another_host(
        self, office: RunningOffice, pages: PrefectPages, asked: list[str]
    ) -> None:
        others = [
            url for url in asked if urlsplit(url).netloc not in {f"127.0.0.1:{office.port}", ""}
        ]

        assert len(asked) > 10
        assert others == []
