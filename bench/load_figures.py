"""Reads from Prefect's log and tables which writes of a load were locked, refused or lost."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from app.server.refused_writes import LOCKED, refused_writes

REFUSED = "Encountered retryable exception in request"
DROPPED = ("Dropping event", "dropping")
# A state is told of by an event of the same number: by the server for runs, by the run for its
# steps. What the timetable plans ahead is told of by none.
TOLD = """
SELECT state.id, run.name || ' ' || state.name FROM flow_run_state state
JOIN flow_run run ON run.id = state.flow_run_id
WHERE NOT (run.auto_scheduled AND state.type = 'SCHEDULED')
UNION ALL
SELECT state.id, run.name || ' ' || state.name FROM task_run_state state
JOIN task_run run ON run.id = state.task_run_id
"""
UNFINISHED = """
SELECT count(*) FROM task_run step JOIN flow_run run ON run.id = step.flow_run_id
WHERE run.state_type = 'COMPLETED' AND step.state_type <> 'COMPLETED'
"""
COUNTS = ("flow_run", "flow_run_state", "task_run", "task_run_state", "events", "log")


@dataclass(frozen=True, slots=True)
class Figures:
    """How a load was borne."""

    locked: int
    refused: int
    dropped: int
    dead_letters: int
    told: int
    lost: tuple[str, ...]
    unfinished: int
    rows: tuple[tuple[str, int], ...]

    @property
    def is_borne(self) -> bool:
        """Return whether nothing was locked, refused or lost."""
        return not any((self.locked, self.refused, self.dropped, self.dead_letters)) and not (
            self.lost or self.unfinished
        )

    def lines(self) -> Iterator[str]:
        yield f"“{LOCKED}” in the server's log   {self.locked}"
        yield f"answers 503   {self.refused}"
        yield f"events dropped   {self.dropped}   in the dead-letter queue   {self.dead_letters}"
        yield f"states without their event   {len(self.lost)} of {self.told}"
        yield f"steps of completed runs that are not shown as completed   {self.unfinished}"
        yield "rows   " + ", ".join(f"{table} {count}" for table, count in self.rows)
        yield from (f"    lost: {state}" for state in self.lost[:20])


def counted(prefect: Path) -> Figures:
    """Count in a PREFECT_HOME whose server has ended."""
    refused = refused_writes(prefect)
    log = (prefect / "server.log").read_text("utf-8", errors="replace")
    with closing(sqlite3.connect(prefect / "prefect.db")) as tables:
        stored = {number for (number,) in tables.execute("SELECT id FROM events")}
        told = list(tables.execute(TOLD))
        [(unfinished,)] = tables.execute(UNFINISHED)
        rows = tuple(
            (table, tables.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608
            for table in COUNTS
        )
    return Figures(
        locked=refused.locked,
        refused=log.count(REFUSED),
        dropped=sum(log.count(said) for said in DROPPED),
        dead_letters=refused.dead_letters,
        told=len(told),
        lost=tuple(name for number, name in told if number not in stored),
        unfinished=unfinished,
        rows=rows,
    )
