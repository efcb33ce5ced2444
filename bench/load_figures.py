"""Counts locked, refused and lost writes of a load test in Prefect's log and tables."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from app.server.refused_writes import LOCKED, refused_writes

REFUSED = "Encountered retryable exception in request"
DROPPED = ("Dropping event", "dropping")
# Each state must have an event with the same id, from the server for flow runs and from the run
# for task runs. States of runs that the scheduler planned have none.
EXPECTED_EVENTS = """
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
    """The counts of a load test."""

    locked: int
    refused: int
    dropped: int
    dead_letters: int
    states: int
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
        yield f"states without their event   {len(self.lost)} of {self.states}"
        yield f"steps of completed runs that are not shown as completed   {self.unfinished}"
        yield "rows   " + ", ".join(f"{table} {count}" for table, count in self.rows)
        yield from (f"    lost: {state}" for state in self.lost[:20])


def counted(prefect: Path) -> Figures:
    """Return the counts in a PREFECT_HOME whose server has ended."""
    refused = refused_writes(prefect)
    log = (prefect / "server.log").read_text("utf-8", errors="replace")
    with closing(sqlite3.connect(prefect / "prefect.db")) as tables:
        stored = {number for (number,) in tables.execute("SELECT id FROM events")}
        states = list(tables.execute(EXPECTED_EVENTS))
        [(unfinished,)] = tables.execute(UNFINISHED)
        rows = tuple(
            (table, tables.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608
            for table in COUNTS
        )
    return Figures(
        locked=refused.locked,
        refused=log.count(REFUSED),
        dropped=sum(log.count(message) for message in DROPPED),
        dead_letters=refused.dead_letters,
        states=len(states),
        lost=tuple(name for number, name in states if number not in stored),
        unfinished=unfinished,
        rows=rows,
    )
