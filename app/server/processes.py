"""The processes that `junheng up` starts: each has a log, and is restarted when it ends."""

import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from app.server.errors import WRONG_CALL
from app.server.prefect_client import PrefectNotRunning
from app.server.prefect_command import BEGIN, HELD
from junheng import wording
from junheng.settings import PROJECT_ROOT
from junheng.wording.operations.server import ProcessWords

# A first start creates Prefect's tables: 15 s on an idle machine, much longer on a busy one.
START_SECONDS = 180
# The time between SIGTERM and SIGKILL; a worker ends its current run.
GRACE_SECONDS = 30
# A process that ran this long is restarted without a pause.
STEADY_SECONDS = 60
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 5, 300


def _words() -> ProcessWords:
    return wording.packaged().server.process


@dataclass(slots=True)
class Process:
    """A process that we started; after a restart it appends to the same log."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    log: Path
    is_held: bool = False
    folder: Path = PROJECT_ROOT
    _process: subprocess.Popen[bytes] = field(init=False)
    _started_at: float = field(init=False)
    _pause: float = field(init=False, default=0.0)
    _restart_at: float | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.log.unlink(missing_ok=True)
        self._start((HELD,) if self.is_held else ())

    def _start(self, more: Sequence[str] = ()) -> None:
        with self.log.open("ab") as written:
            # In a new session, so that Ctrl-C reaches only us and we decide the order of ending.
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and arguments
                (*self.command, *more),
                env=self.env,
                cwd=self.folder,
                stdin=subprocess.PIPE if more else subprocess.DEVNULL,
                stdout=written,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._started_at = time.monotonic()

    @property
    def display_name(self) -> str:
        """Return the Chinese name of the process."""
        return _words().names.get(self.name) or f"{self.name} "

    def release(self) -> None:
        """Let a held process begin its work; raises PrefectNotRunning if it has ended."""
        stdin = self._process.stdin
        if stdin is None:
            return
        try:
            with stdin:
                stdin.write(BEGIN)
        except BrokenPipeError:
            self.must_run()

    def must_run(self) -> None:
        if self._process.poll() is not None:
            raise PrefectNotRunning(_words().ended.format(name=self.display_name, log=self.log))

    def must_succeed(self) -> None:
        if self._process.wait() != 0:
            raise PrefectNotRunning(_words().ended.format(name=self.display_name, log=self.log))

    def has_succeeded(self, say: Callable[[str], None]) -> bool:
        """Return whether a process that ends by itself has succeeded; restart it if it failed.

        The first failure is reported. There is no limit of attempts, because the cause, such as a
        server that is down, may end.
        """
        returned = self._process.poll()
        if not returned:
            return returned == 0
        now = time.monotonic()
        if self._restart_at is None:
            if not self._pause:
                sentence = _words().refused if returned == WRONG_CALL else _words().failed
                say(sentence.format(name=self.display_name, reason=self._last_line(), log=self.log))
            self._pause = next_pause(self._pause, ran_seconds=0)
            self._restart_at = now + self._pause
        if now >= self._restart_at:
            self._restart_at = None
            self._start()
        return False

    def _last_line(self) -> str:
        """Return the last line of the log, in which our commands give their error."""
        lines = self.log.read_text("utf-8", errors="replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "")

    def keep_running(self, say: Callable[[str], None]) -> None:
        """Restart a process that has ended: at once, or after a growing pause if it ran briefly."""
        if self._process.poll() is None:
            return
        now = time.monotonic()
        if self._restart_at is None:
            self._pause = next_pause(self._pause, ran_seconds=now - self._started_at)
            self._restart_at = now + self._pause
            sentence = _words().begun_later if self._pause else _words().begun_again
            say(sentence.format(name=self.display_name, seconds=round(self._pause), log=self.log))
        if now >= self._restart_at:
            self._restart_at = None
            self._start()

    def wait_until(self, is_ready: Callable[[], bool]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not is_ready():
            self.must_run()
            if time.monotonic() > deadline:
                sentence = _words().too_slow.format(
                    name=self.display_name, seconds=START_SECONDS, log=self.log
                )
                raise PrefectNotRunning(sentence)
            time.sleep(0.3)

    def end(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def next_pause(before: float, *, ran_seconds: float) -> float:
    """Return the seconds to wait before a restart, given the previous pause."""
    if ran_seconds >= STEADY_SECONDS:
        return 0.0
    return min(max(FIRST_PAUSE_SECONDS, 2 * before), LONGEST_PAUSE_SECONDS)


def start(
    running: ExitStack,
    name: str,
    command: Sequence[str],
    *,
    env: Mapping[str, str],
    logs: Path,
    is_held: bool = False,
    folder: Path = PROJECT_ROOT,
) -> Process:
    """Start a process in a folder; it is ended when `running` closes."""
    process = Process(name, command, env, logs.absolute() / f"{name}.log", is_held, folder)
    running.callback(process.end)
    return process
