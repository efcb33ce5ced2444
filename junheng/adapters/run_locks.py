"""Locks of runs: a run's process holds one while it lives; the kernel frees it, however it dies.

Into it the process writes which step it is at: who is killed tells Prefect nothing any more.
"""

import fcntl
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from junheng import wording
from junheng.domain.operations.disk_errors import why

# An earlier process of the same run, or one that runs its hooks, ends sooner.
SECONDS_TO_WAIT = 90
SECONDS_BETWEEN_TRIES = 0.1
KEPT_FOR = timedelta(days=2)

FLAGS = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
BEGUN, DONE = "begun ", "done "

# What this process holds: closed by nobody, so that only its end lets go of it.
_held: dict[Path, int] = {}


class RunNotHeld(Exception):
    """We cannot begin a run, because its lock cannot be made, or another process still has it."""


@dataclass(frozen=True, slots=True)
class Steps:
    """How far the last process of a run came: what it has done, and the step that it was at."""

    done: tuple[str, ...] = ()
    at: str | None = None


def hold(folder: Path, run: str) -> None:
    """Hold the lock of a run until this process ends; two processes never work at the same run.

    Raises:
        RunNotHeld: the lock cannot be made, or another process does not let go of it.

    """
    path = (folder / run).absolute()
    if path in _held:
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _held[path] = _locked(path)
    except OSError as error:
        not_written = wording.packaged().run_locks.not_written
        raise RunNotHeld(not_written.format(path=path, reason=why(error))) from error


def is_held(folder: Path, run: str) -> bool:
    """Return whether another process than this one works at a run.

    Raises:
        OSError: nobody can say.

    """
    if (folder / run).absolute() in _held:
        return False
    try:
        descriptor = os.open(folder / run, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        return not _take(descriptor, fcntl.LOCK_SH)
    finally:
        os.close(descriptor)


def begin(step: str) -> None:
    """Write into the lock that this process holds, if it holds one, that a step begins."""
    _write(f"{BEGUN}{step}")


def end(step: str) -> None:
    """Write into the lock that this process holds, if it holds one, that a step is done."""
    _write(f"{DONE}{step}")


def steps(folder: Path, run: str) -> Steps:
    """Return how far the last process of a run came, nothing where none has said it."""
    try:
        lines = (folder / run).read_text("utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return Steps()
    done = tuple(line.removeprefix(DONE) for line in lines if line.startswith(DONE))
    is_at_step = bool(lines) and lines[-1].startswith(BEGUN)
    return Steps(done, lines[-1].removeprefix(BEGUN) if is_at_step else None)


def forget_old(folder: Path, *, now: datetime) -> None:
    """Delete the locks that nobody has held for KEPT_FOR; `now` is aware."""
    oldest = (now.astimezone(UTC) - KEPT_FOR).timestamp()
    for path in folder.glob("*"):
        # Another process tidies up as well.
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < oldest and not is_held(folder, path.name):
                path.unlink()


def _locked(path: Path) -> int:
    deadline = time.monotonic() + SECONDS_TO_WAIT
    while True:
        # Not inherited by programs that this process starts.
        descriptor = os.open(path, FLAGS, 0o600)
        # Somebody may have deleted the file between the two: then the lock is nobody's.
        if _take(descriptor, fcntl.LOCK_EX) and _is_at(path, descriptor):
            # Of an earlier process of the run.
            os.ftruncate(descriptor, 0)
            os.utime(descriptor)
            return descriptor
        os.close(descriptor)
        if time.monotonic() > deadline:
            still_held = wording.packaged().run_locks.still_held
            raise RunNotHeld(still_held.format(seconds=SECONDS_TO_WAIT))
        time.sleep(SECONDS_BETWEEN_TRIES)


def _write(line: str) -> None:
    for descriptor in _held.values():
        # A full disk is for the step itself to say.
        with suppress(OSError):
            os.write(descriptor, f"{line}\n".encode())


def _take(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_at(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def let_go() -> None:
    """Let go of all locks: as a forked child, which shares the open files with its parent."""
    for descriptor in _held.values():
        os.close(descriptor)
    _held.clear()


# The locks belong to the open files: held by a child too, they would outlive the run.
os.register_at_fork(after_in_child=let_go)
