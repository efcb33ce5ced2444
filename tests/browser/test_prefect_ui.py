"""Every deployment can be started from the Prefect UI: with a blank, filled or cleared form."""

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
    # Playwright's driver leaves pipes of its own event loop to the garbage collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
MONDAY = "2025-11-03"
CHINESE = re.compile(r"[\u4e00-\u9fff]{3,}")
CANCELLED = {"type": "CANCELLED", "name": "Cancelled"}
TEXTS = {"发起人": "张三", "事由": "试用"}
# The text fields of each form, and the forms that have the other kinds of fields.
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
    """Return a folder of submissions."""
    return small_district.make(tmp_path_factory.mktemp("sent") / "2025")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningOffice]:
    """Run an office whose inbox contains this school year's folder."""
    home = tmp_path_factory.mktemp("office") / "home"
    databases.ready(home)
    small_district.make(home / "inbox" / str(school_year(clock.today())))
    with RunningOffice(home, databases.settings_of(home)) as running:
        yield running


@pytest.fixture(scope="module")
def requested() -> list[str]:
    """Return the URLs that the pages requested."""
    return []


@pytest.fixture(scope="module")
def page(office: RunningOffice, requested: list[str]) -> Iterator[Page]:
    """Return a browser page with a sign-in."""
    with pytest.MonkeyPatch.context() as patch:
        databases.move_in(office.home, patch)
        users.add("张三", SPRING, now=clock.now())
    with chromium.running() as browser:
        page_ = browser.new_page(viewport={"width": 1280, "height": 1600}, locale="zh-CN")
        page_.set_default_timeout(PATIENCE_MS)
        page_.on("request", lambda request: requested.append(request.url))
        page_.on("websocket", lambda socket: requested.append(socket.url))
        sign_in(page_, f"http://127.0.0.1:{office.port}")
        yield page_


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
    """Run the sample and sign it off, leaving out one remediation."""
    pages = PrefectPages(page, f"http://127.0.0.1:{office.port}")
    sample_form = pages.form(office.deployments()["sample-round"])
    fill_in(sample_form, "sample-round", Path())
    completed(office, sample_form.send())
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
    """Fill in every field of a form."""
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
    """Clear every field of a form."""
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
    of_run = {"flow_runs": {"id": {"any_": [run]}}}
    found: list[dict[str, Any]] = office.ask("/artifacts/filter", of_run)
    return [artifact for artifact in found if artifact["type"] in {"table", "markdown"}]


def is_shown(artifact: dict[str, Any], pages: PrefectPages) -> bool:
    """Return whether the page of an artifact shows its description."""
    text = CHINESE.search(artifact["description"])
    return text is not None and text[0] in pages.artifact(artifact["id"], text[0])


class TestASignOff:
    def test_leaves_out_the_named_remediation(
        self, office: RunningOffice, pages: PrefectPages, signed: Sent
    ) -> None:
        assert signed.parameters["leave_out"] == [
            {"reference": "370405-2025-0001", "reason": "正在核实"}
        ]
        assert signed.parameters["on"] == MONDAY
        shown = {artifact["key"]: artifact for artifact in artifacts(office, signed.run)}[
            "sign-off-1"
        ]
        assert "张三" in shown["description"]
        assert is_shown(shown, pages)

    def test_is_signed_by_the_signed_in_user_not_by_the_name_in_the_form(
        self, office: RunningOffice, pages: PrefectPages, signed: Sent
    ) -> None:
        # Requests a sign-off for the remediation that was left out.
        completed(office, Sent(office.start("monthly-review"), {}))
        form = pages.form(office.deployments()["sign-off"])

        form.write("签批人", "李四")
        sent = form.send()

        completed(office, sent)
        assert sent.parameters.keys() == {"by", "decision", "leave_out"}
        shown = {artifact["key"]: artifact for artifact in artifacts(office, sent.run)}[
            "sign-off-2"
        ]
        assert "张三" in shown["description"]
        assert "李四" not in shown["description"]


@every_form
class TestEveryForm:
    def test_blank_form_runs(
        self, office: RunningOffice, pages: PrefectPages, signed: Sent, name: str
    ) -> None:
        sent = pages.form(office.deployments()[name]).send()

        assert not any(sent.parameters.values())
        if name == "sample-round":
            # The fixture `signed` has already completed it.
            office.ask(f"/flow_runs/{sent.run}/set_state", {"state": CANCELLED})
            return
        completed(office, sent)
        for artifact in artifacts(office, sent.run):
            assert is_shown(artifact, pages), artifact["key"]

    def test_filled_form_is_accepted(
        self, office: RunningOffice, pages: PrefectPages, signed: Sent, name: str, folder: Path
    ) -> None:
        form = pages.form(office.deployments()[name])
        fill_in(form, name, folder)

        sent = form.send()

        assert sent.parameters["by"] == "张三"
        assert not (name in WITH_DAY and sent.parameters["on"] != MONDAY)
        # Only the form with every kind of field runs to its end; the others ran with blank forms.
        if name == "annual-round":
            completed(office, sent)
        else:
            office.ask(f"/flow_runs/{sent.run}/set_state", {"state": CANCELLED})

    def test_cleared_form_sends_no_value(
        self, office: RunningOffice, pages: PrefectPages, name: str, folder: Path
    ) -> None:
        form = pages.form(office.deployments()[name])
        fill_in(form, name, folder)
        clear(form, name)

        sent = form.send()

        office.ask(f"/flow_runs/{sent.run}/set_state", {"state": CANCELLED})
        assert not any(sent.parameters.values())


class TestAFailedRun:
    @pytest.mark.parametrize("ui", ["/v2", OLDER], ids=["newer", "older"])
    def test_completes_after_a_retry(
        self, office: RunningOffice, pages: PrefectPages, page: Page, ui: str, tmp_path: Path
    ) -> None:
        missing = tmp_path / "2025"
        form = PrefectPages(page, pages.address, ui).form(office.deployments()["annual-round"])
        form.write("学年", "2025")
        form.write("报送文件夹", str(missing))
        sent = form.send()
        state = office.end_of(sent.run)
        assert (state["type"], "没有这个文件夹" in state["message"]) == ("FAILED", True)
        small_district.make(missing)

        PrefectPages(page, pages.address, ui).retry(sent.run)

        completed(office, sent)
        assert office.run(sent.run)["run_count"] == 2


class TestTheGuard:
    def test_shows_the_reason_of_a_refusal(
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

    def test_no_page_requests_another_host(
        self, office: RunningOffice, pages: PrefectPages, requested: list[str]
    ) -> None:
        others = [
            url for url in requested if urlsplit(url).netloc not in {f"127.0.0.1:{office.port}", ""}
        ]

        assert len(requested) > 10
        assert others == []
