"""What Prefect's own log says of a database that could not keep up: writes refused, events lost."""

from dataclasses import dataclass
from pathlib import Path

LOCKED = "database is locked"


@dataclass(frozen=True, slots=True)
class RefusedWrites:
    """Lines of the server's log, and events that were given up, since the server was started."""

    locked: int
    dead_letters: int

    def __bool__(self) -> bool:
        return bool(self.locked or self.dead_letters)


def refused_writes(prefect_home: Path) -> RefusedWrites:
    """Count what the server wrote down under a PREFECT_HOME; nothing where it never ran."""
    log = prefect_home / "server.log"
    locked = 0
    if log.exists():
        with log.open(encoding="utf-8", errors="replace") as lines:
            locked = sum(LOCKED in line for line in lines)
    return RefusedWrites(locked, sum(1 for _ in (prefect_home / "dlq").glob("*")))
