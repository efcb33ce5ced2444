"""Lock files of runs: a process holds its run's lock; the kernel releases it when it dies.

The process also writes its current step into the file, because a killed process reports nothing
to Prefect.
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

# Longer than an earlier process of the same run, or the process of its hooks, takes to end.
SECONDS_TO_WAIT = 90
SECONDS_BETWEEN_TRIES = 0.1
KEPT_FOR = timedelta(days=2)

FLAGS = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
BEGUN, DONE = "begun ", "done "

# Descriptors of the locks that this process holds. Never closed: only the end of the process
# releases a lock.
_held: dict[Path, int] = {}


class RunNotHeld(Exception):
    """We cannot begin a run, because its lock cannot be made, or another process still has it."""


@dataclass(frozen=True, slots=True)
class Steps:
    """Progress of the last process of a run: its completed steps, and the step in progress."""

    done: tuple[str, ...] = ()
    at: str | None = None


def hold(folder: Path, run: str) -> None:
    """Hold the lock of a run until this process ends; two processes never execute the same run.

    Raises:
        RunNotHeld: the lock cannot be made, or another process does not release it in time.

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
    """Return whether a process other than this one holds the lock of a run.

    Raises:
        OSError: the lock file cannot be opened.

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
    """Record the begin of a step in the lock file of this process, if it holds one."""
    _write(f"{BEGUN}{step}")


def end(step: str) -> None:
    """Record the completion of a step in the lock file of this process, if it holds one."""
    _write(f"{DONE}{step}")


def steps(folder: Path, run: str) -> Steps:
    """Return the progress of the last process of a run; empty if none was recorded."""
    try:
        lines = (folder / run).read_text("utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return Steps()
    done = tuple(line.removeprefix(DONE) for line in lines if line.startswith(DONE))
    is_at_step = bool(lines) and lines[-1].startswith(BEGUN)
    return Steps(done, lines[-1].removeprefix(BEGUN) if is_at_step else None)


def forget_old(folder: Path, *, now: datetime) -> None:
    """Delete the lock files that no process has held for KEPT_FOR; `now` is aware."""
    oldest = (now.astimezone(UTC) - KEPT_FOR).timestamp()
    for path in folder.glob("*"):
        # Another process may delete the same file.
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < oldest and not is_held(folder, path.name):
                path.unlink()


def _locked(path: Path) -> int:
    deadline = time.monotonic() + SECONDS_TO_WAIT
    while True:
        # O_CLOEXEC: programs that this process starts do not inherit the lock.
        descriptor = os.open(path, FLAGS, 0o600)
        # The file may have been deleted between open and flock: then this lock protects nothing.
        if _take(descriptor, fcntl.LOCK_EX) and _is_at(path, descriptor):
            # Remove the steps of an earlier process of the run.
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
        # A full disk is reported by the step itself.
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


def release_all() -> None:
    """Release all locks in a forked child, which shares the open files with its parent."""
    for descriptor in _held.values():
        os.close(descriptor)
    _held.clear()


# flock belongs to the open file: a child that keeps it open would hold the lock after the run.
os.register_at_fork(after_in_child=release_all)
