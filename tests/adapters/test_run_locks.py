"""The lock of a run: held while its process lives, released when it dies, never inherited."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from junheng.adapters import run_locks
from junheng.adapters.run_locks import RunNotHeld, Steps
from junheng.settings import PROJECT_ROOT
from tests.lock_holder import HOLD, UNTIL_TOLD, holding

RUN, ANOTHER = "0195f5a0-0000-7000-8000-000000000001", "0195f5a0-0000-7000-8000-000000000002"
# Programs that a step starts, or forks, may outlive it.
WITH_PROGRAM = HOLD + (
    "import subprocess; print(subprocess.Popen(['sleep', '60']).pid, flush=True); sys.stdin.read()"
)
# The child prints its pid after it has released the locks that it shared with its parent.
WITH_FORK = HOLD + (
    "import os, time; os.fork() or (print(os.getpid(), flush=True), time.sleep(60)); "
    "sys.stdin.read()"
)


def test_a_lock_is_held_while_the_process_lives_and_only_for_its_run(tmp_path: Path) -> None:
    with holding(tmp_path, RUN):
        assert run_locks.is_held(tmp_path, RUN)
        assert not run_locks.is_held(tmp_path, ANOTHER)


def test_a_lock_is_released_when_the_process_is_killed(tmp_path: Path) -> None:
    with holding(tmp_path, RUN) as (process, _):
        process.send_signal(signal.SIGKILL)
        process.wait()

        assert not run_locks.is_held(tmp_path, RUN)


@pytest.mark.parametrize("program", [WITH_PROGRAM, WITH_FORK], ids=["started", "forked"])
def test_a_lock_is_not_inherited_by_a_child_that_outlives_its_parent(
    tmp_path: Path, program: str
) -> None:
    with holding(tmp_path, RUN, program) as (process, child):
        try:
            assert run_locks.is_held(tmp_path, RUN)

            process.send_signal(signal.SIGKILL)
            process.wait()

            os.kill(int(child), 0)
            assert not run_locks.is_held(tmp_path, RUN)
        finally:
            os.kill(int(child), signal.SIGKILL)


def test_the_next_process_gets_the_lock_after_the_first_has_ended(tmp_path: Path) -> None:
    with holding(tmp_path, RUN) as (first, _):
        second = subprocess.Popen(
            [sys.executable, "-c", UNTIL_TOLD, str(tmp_path), RUN],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=PROJECT_ROOT,
        )
        with second:
            first.send_signal(signal.SIGKILL)
            assert second.stdout is not None

            assert second.stdout.readline() == b"held\n"
            assert run_locks.is_held(tmp_path, RUN)
            second.kill()


def test_a_second_process_is_refused_the_lock_after_the_timeout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_locks, "SECONDS_TO_WAIT", 0)
    with holding(tmp_path, RUN), pytest.raises(RunNotHeld, match="上一个执行进程还没有结束"):
        run_locks.hold(tmp_path, RUN)


def test_a_lock_that_cannot_be_created_is_reported_with_path_and_reason(tmp_path: Path) -> None:
    (tmp_path / "running").write_text("", "utf-8")

    with pytest.raises(RunNotHeld, match=f"{tmp_path}/running/{RUN} 建不了"):
        run_locks.hold(tmp_path / "running", RUN)


def test_an_old_lock_is_deleted_unless_it_is_held(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    later = now + run_locks.KEPT_FOR + timedelta(minutes=1)
    (tmp_path / ANOTHER).touch()
    with holding(tmp_path, RUN):
        run_locks.forget_old(tmp_path, now=now)
        assert (tmp_path / ANOTHER).exists()

        run_locks.forget_old(tmp_path, now=later)

        assert [path.name for path in tmp_path.iterdir()] == [RUN]
        assert run_locks.is_held(tmp_path, RUN)


class TestSteps:
    AT_SECOND = HOLD + (
        "run_locks.begin('收取报送'); run_locks.end('收取报送'); run_locks.begin('评估判定'); "
        "print('held', flush=True); sys.stdin.read()"
    )

    def test_are_readable_after_the_process_was_killed(self, tmp_path: Path) -> None:
        with holding(tmp_path, RUN, self.AT_SECOND) as (process, _):
            process.send_signal(signal.SIGKILL)
            process.wait()

        assert run_locks.steps(tmp_path, RUN) == Steps(done=("收取报送",), at="评估判定")

    def test_are_cleared_when_the_next_process_begins(self, tmp_path: Path) -> None:
        with holding(tmp_path, RUN, self.AT_SECOND):
            pass

        with holding(tmp_path, RUN):
            assert run_locks.steps(tmp_path, RUN) == Steps()

    def test_are_empty_for_a_run_without_a_lock(self, tmp_path: Path) -> None:
        assert run_locks.steps(tmp_path, RUN) == Steps()
