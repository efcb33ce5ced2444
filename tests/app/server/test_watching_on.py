"""The watch of runs survives whatever fails at a look, and says it once."""

import asyncio
import logging
from threading import Event

import httpx
import pytest

from app.server import run_watch
from app.server.run_watch import Seen


def said_of(*fails: Exception | None, caplog: pytest.LogCaptureFixture) -> list[str]:
    """Let the watch look, each time with another failure or none, and return what it says."""
    left, has_looked = list(fails), Event()

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


def test_says_once_what_keeps_it_and_when_it_looks_again(caplog: pytest.LogCaptureFixture) -> None:
    held = OSError("锁文件夹打不开")

    said = said_of(held, held, held, None, caplog=caplog)

    assert said == ["查看运行情况没有办成，会接着再试：锁文件夹打不开", "查看运行情况恢复了。"]


def test_says_nothing_of_one_look_that_failed(caplog: pytest.LogCaptureFixture) -> None:
    """The server is ending, and does not answer itself any more."""
    assert said_of(OSError("锁文件夹打不开"), None, caplog=caplog) == []


def test_says_anew_what_else_keeps_it(caplog: pytest.LogCaptureFixture) -> None:
    held, away = OSError("锁文件夹打不开"), httpx.ConnectError("refused")

    said = said_of(held, held, away, away, None, caplog=caplog)

    assert said == [
        "查看运行情况没有办成，会接着再试：锁文件夹打不开",
        "查看运行情况没有办成，会接着再试：Prefect 的服务端没有应答（refused）",
        "查看运行情况恢复了。",
    ]


def test_goes_on_after_a_bug_and_shows_where_it_happened(caplog: pytest.LogCaptureFixture) -> None:
    bug = KeyError("x")

    said = said_of(bug, bug, None, caplog=caplog)

    assert said == ["查看运行情况没有办成，会接着再试：x", "查看运行情况恢复了。"]
    assert caplog.records[0].exc_info is not None
