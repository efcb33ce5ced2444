"""The sending lock: one sender at a time, and no lock outlives its process."""

import os
import signal
import subprocess
import sys
from threading import Event, Thread

import pytest

from junheng.settings import PROJECT_ROOT
from junheng.store.database import locks

HOLDER = """
import sys
from junheng.store.database import locks
with locks.only_sender(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""


def lock_in_another_process(address: str) -> subprocess.Popen[str]:
    other = subprocess.Popen(
        [sys.executable, "-c", HOLDER, address],
        cwd=PROJECT_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert other.stdout is not None
    assert other.stdout.readline() == "held\n"
    return other


class TestOnlySender:
    def test_the_second_sender_waits_for_the_first(self, address: str) -> None:
        inside = Event()

        def wait_and_enter() -> None:
            with locks.only_sender(address):
                inside.set()

        with locks.only_sender(address):
            second = Thread(target=wait_and_enter)
            second.start()
            assert not inside.wait(0.5)
        second.join(timeout=30)

        assert inside.is_set()

    def test_a_killed_sender_leaves_no_lock_behind(self, address: str) -> None:
        with lock_in_another_process(address) as other:
            os.kill(other.pid, signal.SIGKILL)

        with locks.only_sender(address):
            pass

    def test_waiting_for_another_sender_ends_with_an_error_after_the_timeout(
        self, address: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(locks, "SECONDS_TO_WAIT", 0.2)

        with (
            lock_in_another_process(address) as other,
            pytest.raises(locks.AnotherSends, match="另一个进程正在发送卡片"),
            locks.only_sender(address),
        ):
            pass
        assert other.returncode == 0
