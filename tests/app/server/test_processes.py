"""The processes of `junheng up`: held until released, restarted after growing pauses."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from app.server import processes, set_up
from app.server.prefect_client import PrefectNotRunning
from app.server.processes import Process, next_pause

# Waits for its release, like app.server.prefect_command, prints the byte and ends.
WAIT_FOR_RELEASE = (
    "import sys; print('held' if '--held' in sys.argv else 'free', sys.stdin.buffer.read(1))"
)


@pytest.fixture
def running() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def start(running: ExitStack, logs: Path, code: str, *, is_held: bool = False) -> Process:
    command = (sys.executable, "-c", code)
    return processes.start(running, "worker", command, env={}, logs=logs, is_held=is_held)


def test_a_held_process_begins_when_released(running: ExitStack, tmp_path: Path) -> None:
    held = start(running, tmp_path, WAIT_FOR_RELEASE, is_held=True)
    held.must_run()

    held.release()
    held.must_succeed()

    assert (tmp_path / "worker.log").read_text("utf-8") == "held b'\\n'\n"


def test_a_held_process_that_has_ended_cannot_be_released(
    running: ExitStack, tmp_path: Path
) -> None:
    held = start(running, tmp_path, "raise SystemExit(3)", is_held=True)
    with pytest.raises(PrefectNotRunning, match="执行进程意外结束"):
        held.must_succeed()

    with pytest.raises(PrefectNotRunning, match="执行进程意外结束"):
        held.release()


def test_a_process_that_ends_at_once_is_restarted_after_a_pause(
    running: ExitStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "FIRST_PAUSE_SECONDS", 0.3)
    sentences: list[str] = []
    ending = start(running, tmp_path, WAIT_FOR_RELEASE)

    while len(sentences) < 2:
        ending.keep_running(sentences.append)
        time.sleep(0.02)

    # After a restart it is not held, and appends to the same log.
    assert (tmp_path / "worker.log").read_text("utf-8").splitlines() == ["free b''"] * 2
    assert all("执行进程刚启动又意外结束" in line for line in sentences)


# Fails with one of our sentences, then with exit code 1, and succeeds at the third attempt.
FAIL_TWICE = """
import pathlib, sys
tries = pathlib.Path({tries!r})
tries.write_text(tries.read_text() + "x" if tries.exists() else "x")
if tries.read_text() == "x":
    print("连不上台账数据库")
    sys.exit(2)
sys.exit(tries.read_text() == "xx")
"""


def test_a_failing_deployment_is_reported_once_and_retried_until_it_succeeds(
    running: ExitStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "FIRST_PAUSE_SECONDS", 0.1)
    sentences: list[str] = []
    code = FAIL_TWICE.format(tries=str(tmp_path / "tries"))
    command = (sys.executable, "-c", code)
    process = processes.start(running, "deploy", command, env={"PYTHONUTF8": "1"}, logs=tmp_path)

    while not process.has_succeeded(sentences.append):
        time.sleep(0.02)

    assert (tmp_path / "tries").read_text("utf-8") == "xxx"
    assert sentences == ["登记各项工作没有办成，会自动再试：连不上台账数据库"]


def test_deploying_without_a_ledger_ends_with_one_sentence(
    running: ExitStack, tmp_path: Path
) -> None:
    env = dict(os.environ) | {
        "JUNHENG_HOME": str(tmp_path / "home"),
        "JUNHENG_DATABASE_URL": f"sqlite:///{tmp_path / 'no' / 'such' / 'ledger.db'}",
    }
    (tmp_path / "no").touch()
    process = processes.start(running, "deploy", set_up.DEPLOY, env=env, logs=tmp_path)

    with pytest.raises(PrefectNotRunning, match="登记各项工作意外结束"):
        process.must_succeed()

    (sentence,) = (tmp_path / "deploy.log").read_text("utf-8").splitlines()
    assert "数据库" in sentence


def test_the_pause_doubles_up_to_five_minutes() -> None:
    pauses = [0.0]
    for _ in range(8):
        pauses.append(next_pause(pauses[-1], ran_seconds=2))

    assert pauses[1:] == [5, 10, 20, 40, 80, 160, 300, 300]


def test_a_process_that_ran_for_a_minute_is_restarted_at_once() -> None:
    assert next_pause(300, ran_seconds=60) == 0


@pytest.mark.parametrize(
    ("name", "display_name"),
    [
        ("server", "Prefect 服务端"),
        ("worker", "执行进程"),
        ("chat", "Slack 监听"),
        ("deploy", "登记各项工作"),
    ],
)
def test_the_display_name_is_chinese(
    running: ExitStack, tmp_path: Path, name: str, display_name: str
) -> None:
    command = (sys.executable, "-c", "")

    process = processes.start(running, name, command, env={}, logs=tmp_path)

    assert process.display_name == display_name
