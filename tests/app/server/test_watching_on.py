"""The watch of runs continues after any error, and logs each error once."""

import asyncio
import logging
from threading import Event

import httpx
import pytest

from app.server import run_watch
from app.server.run_watch import Seen


def log_of(*errors: Exception | None, caplog: pytest.LogCaptureFixture) -> list[str]:
    """Run a watch whose looks raise these errors, None for success; return its log messages."""
    left, has_looked = list(errors), Event()

    def look(_seen: Seen) -> None:
        if not left:
            has_looked.set()
        elif (error := left.pop(0)) is not None:
            raise error

    async def watch() -> None:
        async with run_watch.watching(look, seconds=0.01):
            await asyncio.to_thread(has_looked.wait, 60)

    with caplog.at_level(logging.WARNING, logger="app.server.run_watch"):
        asyncio.run(watch())
    return caplog.messages


def test_logs_an_error_once_and_the_recovery(caplog: pytest.LogCaptureFixture) -> None:
    locked = OSError("锁文件夹打不开")

    messages = log_of(locked, locked, locked, None, caplog=caplog)

    assert messages == ["查看运行情况没有办成，会接着再试：锁文件夹打不开", "查看运行情况恢复了。"]


def test_logs_nothing_for_a_single_failure(caplog: pytest.LogCaptureFixture) -> None:
    """A server that ends no longer answers itself."""
    assert log_of(OSError("锁文件夹打不开"), None, caplog=caplog) == []


def test_logs_another_error_again(caplog: pytest.LogCaptureFixture) -> None:
    locked, down = OSError("锁文件夹打不开"), httpx.ConnectError("refused")

    messages = log_of(locked, locked, down, down, None, caplog=caplog)

    assert messages == [
        "查看运行情况没有办成，会接着再试：锁文件夹打不开",
        "查看运行情况没有办成，会接着再试：Prefect 的服务端没有应答（refused）",
        "查看运行情况恢复了。",
    ]


def test_continues_after_a_bug_and_logs_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    bug = KeyError("x")

    messages = log_of(bug, bug, None, caplog=caplog)

    assert messages == ["查看运行情况没有办成，会接着再试：x", "查看运行情况恢复了。"]
    assert caplog.records[0].exc_info is not None
