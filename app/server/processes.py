"""The processes that `junheng up` begins: each with its log, begun again where it ends."""

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

# A first start lays out Prefect's database: 15 s on a quiet machine, far longer on a busy one.
START_SECONDS = 180
# What a process gets to end by itself; a worker ends the run it is at.
GRACE_SECONDS = 30
# What ran for so long did not end at once: it is begun again without a pause.
STEADY_SECONDS = 60
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 5, 300


def _words() -> ProcessWords:
    return wording.packaged().server.process


@dataclass(slots=True)
class Process:
    """One process that we began; begun again, it goes on in the same log."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    log: Path
    is_held: bool = False
    folder: Path = PROJECT_ROOT
    _process: subprocess.Popen[bytes] = field(init=False)
    _begun_at: float = field(init=False)
    _pause: float = field(init=False, default=0.0)
    _again_at: float | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.log.unlink(missing_ok=True)
        self._begin((HELD,) if self.is_held else ())

    def _begin(self, more: Sequence[str] = ()) -> None:
        with self.log.open("ab") as written:
            # In a session of its own, so that Ctrl-C reaches us alone and the order of ending is
            # ours.
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and arguments
                (*self.command, *more),
                env=self.env,
                cwd=self.folder,
                stdin=subprocess.PIPE if more else subprocess.DEVNULL,
                stdout=written,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._begun_at = time.monotonic()

    @property
    def called(self) -> str:
        """Return what people call it."""
        return _words().names.get(self.name) or f"{self.name} "

    def go_on(self) -> None:
        """Let a held process begin its work; raises PrefectNotRunning where it has ended."""
        given = self._process.stdin
        if given is None:
            return
        try:
            with given:
                given.write(BEGIN)
        except BrokenPipeError:
            self.must_run()

    def must_run(self) -> None:
        if self._process.poll() is not None:
            raise PrefectNotRunning(_words().ended.format(name=self.called, log=self.log))

    def must_succeed(self) -> None:
        if self._process.wait() != 0:
            raise PrefectNotRunning(_words().ended.format(name=self.called, log=self.log))

    def has_succeeded(self, say: Callable[[str], None]) -> bool:
        """Return whether what ends by itself has done its work; begin it again where it failed.

        That is said once, and tried for ever: what it needs, such as the server, comes back.
        """
        returned = self._process.poll()
        if not returned:
            return returned == 0
        now = time.monotonic()
        if self._again_at is None:
            if not self._pause:
                said = _words().refused if returned == WRONG_CALL else _words().failed
                say(said.format(name=self.called, reason=self._last_line(), log=self.log))
            self._pause = next_pause(self._pause, ran_seconds=0)
            self._again_at = now + self._pause
        if now >= self._again_at:
            self._again_at = None
            self._begin()
        return False

    def _last_line(self) -> str:
        """Return the sentence that a command of ours ended with."""
        lines = self.log.read_text("utf-8", errors="replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "")

    def keep_running(self, say: Callable[[str], None]) -> None:
        """Begin again what has ended: at once, or after a growing pause where it ends at once."""
        if self._process.poll() is None:
            return
        now = time.monotonic()
        if self._again_at is None:
            self._pause = next_pause(self._pause, ran_seconds=now - self._begun_at)
            self._again_at = now + self._pause
            said = _words().begun_later if self._pause else _words().begun_again
            say(said.format(name=self.called, seconds=round(self._pause), log=self.log))
        if now >= self._again_at:
            self._again_at = None
            self._begin()

    def wait_until(self, is_ready: Callable[[], bool]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not is_ready():
            self.must_run()
            if time.monotonic() > deadline:
                late = _words().too_slow.format(
                    name=self.called, seconds=START_SECONDS, log=self.log
                )
                raise PrefectNotRunning(late)
            time.sleep(0.3)

    def end(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def next_pause(before: float, *, ran_seconds: float) -> float:
    """Return for how long to wait before what ended is begun again, given the pause before."""
    if ran_seconds >= STEADY_SECONDS:
        return 0.0
    return min(max(FIRST_PAUSE_SECONDS, 2 * before), LONGEST_PAUSE_SECONDS)


def begin(
    running: ExitStack,
    name: str,
    command: Sequence[str],
    *,
    env: Mapping[str, str],
    logs: Path,
    is_held: bool = False,
    folder: Path = PROJECT_ROOT,
) -> Process:
    """Begin a process in a folder, ours unless another is named; it ends when `running` ends."""
    begun = Process(name, command, env, logs.absolute() / f"{name}.log", is_held, folder)
    running.callback(begun.end)
    return begun
