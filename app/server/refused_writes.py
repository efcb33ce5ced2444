"""Counts the traces of an overloaded Prefect database: refused writes and lost events.

The log is the one of `junheng up`; as a service, the server writes to the journal.
"""

from dataclasses import dataclass
from pathlib import Path

# Prefect never deletes dead letters, so only those since the last start of the server count.
STARTED = "server-started"
LOCKED = "database is locked"


@dataclass(frozen=True, slots=True)
class RefusedWrites:
    """Numbers of refused writes in the server's log, and of lost events, since the last start."""

    locked: int
    dead_letters: int

    def __bool__(self) -> bool:
        return bool(self.locked or self.dead_letters)


def mark_start(prefect_home: Path) -> None:
    """Record the start of the server as the modification time of a file."""
    (prefect_home / STARTED).write_text("", "utf-8")


def refused_writes(prefect_home: Path) -> RefusedWrites:
    """Count refused writes and dead letters under a PREFECT_HOME; zero if the server never ran."""
    since = _changed_at(prefect_home / STARTED)
    dead = sum(_changed_at(path) >= since for path in (prefect_home / "dlq").glob("*"))
    log, locked = prefect_home / "server.log", 0
    # An older log was written by `junheng up`, before this machine had services.
    if log.exists() and _changed_at(log) >= since:
        with log.open(encoding="utf-8", errors="replace") as lines:
            locked = sum(LOCKED in line for line in lines)
    return RefusedWrites(locked, dead)


def _changed_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0
