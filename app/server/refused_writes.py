"""What Prefect left of a database that could not keep up: writes refused, events lost.

The log is that of `junheng up`; as a service the server writes to the journal.
"""

from dataclasses import dataclass
from pathlib import Path

# Prefect never deletes a dead letter: those from before the server was started last do not count.
STARTED = "server-started"
LOCKED = "database is locked"


@dataclass(frozen=True, slots=True)
class RefusedWrites:
    """Lines of the server's log, and events that were given up, since the server was started."""

    locked: int
    dead_letters: int

    def __bool__(self) -> bool:
        return bool(self.locked or self.dead_letters)


def mark_start(prefect_home: Path) -> None:
    """Keep that the server is being started now."""
    (prefect_home / STARTED).write_text("", "utf-8")


def refused_writes(prefect_home: Path) -> RefusedWrites:
    """Count what the server wrote down under a PREFECT_HOME; nothing where it never ran."""
    since = _changed_at(prefect_home / STARTED)
    dead = sum(_changed_at(path) >= since for path in (prefect_home / "dlq").glob("*"))
    log, locked = prefect_home / "server.log", 0
    # A log from before the start is one of `junheng up` on a machine that has services now.
    if log.exists() and _changed_at(log) >= since:
        with log.open(encoding="utf-8", errors="replace") as lines:
            locked = sum(LOCKED in line for line in lines)
    return RefusedWrites(locked, dead)


def _changed_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0
