"""The processes that `junheng up` begins: each with its log, begun again where it ends."""

import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from flows.server import PrefectNotRunning

# A first start lays out Prefect's database: 15 s on a quiet machine, far longer on a busy one.
START_SECONDS = 180
# What a process gets to end by itself; a worker ends the run it is at.
GRACE_SECONDS = 30
# How long we wait before what ended is begun again: it may end at once, each time.
PAUSE_SECONDS = 5

PROCESS_ENDED = "{name} 意外结束，原因见 {log}"
TOO_SLOW = "{name} 在 {seconds} 秒内没有就绪，见 {log}"
BEGUN_AGAIN = "{name} 意外结束，已重新启动，原因见 {log}"


@dataclass(slots=True)
class Process:
    """One process that we began; begun again, it goes on in the same log."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    log: Path
    _process: subprocess.Popen[bytes] = field(init=False)
    _begun_at: float = field(init=False)

    def __post_init__(self) -> None:
        self.log.unlink(missing_ok=True)
        self._begin()

    def _begin(self) -> None:
        with self.log.open("ab") as written:
            # In a session of its own, so that Ctrl-C reaches us alone and the order of ending is
            # ours.
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and arguments
                self.command,
                env=self.env,
                stdout=written,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._begun_at = time.monotonic()

    def must_run(self) -> None:
        if self._process.poll() is not None:
            raise PrefectNotRunning(PROCESS_ENDED.format(name=self.name, log=self.log))

    def must_succeed(self) -> None:
        if self._process.wait() != 0:
            raise PrefectNotRunning(PROCESS_ENDED.format(name=self.name, log=self.log))

    def keep_running(self, say: Callable[[str], None]) -> None:
        """Begin again what has ended, but not at once where it ended at once."""
        has_ended = self._process.poll() is not None
        if has_ended and time.monotonic() - self._begun_at > PAUSE_SECONDS:
            say(BEGUN_AGAIN.format(name=self.name, log=self.log))
            self._begin()

    def wait_until(self, is_ready: Callable[[], bool]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not is_ready():
            self.must_run()
            if time.monotonic() > deadline:
                late = TOO_SLOW.format(name=self.name, seconds=START_SECONDS, log=self.log)
                raise PrefectNotRunning(late)
            time.sleep(0.3)

    def end(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def begin(
    running: ExitStack, name: str, command: Sequence[str], *, env: Mapping[str, str], logs: Path
) -> Process:
    """Begin a process that ends when `running` ends."""
    begun = Process(name, command, env, logs / f"{name}.log")
    running.callback(begun.end)
    return begun
