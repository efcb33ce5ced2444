"""Measures a morning's chase of 5,000 open remediations and 200 contacts, and a plain loop.

Then measures the same chase with more and more closed rows, which must not cost more.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from rich.console import Console

from junheng import bootstrap
from junheng.adapters import clock
from junheng.domain.ledger.lifecycle import Status
from junheng.domain.ledger.remediation import Part, Remediation
from junheng.store import remediations
from junheng.store.database.database import Session

OPEN, CONTACTS = 5_000, 200
CLOSED = (0, 10_000, 100_000)
MANY = 1_000_000
REPEATS = 3
GOAL_SECONDS = 5.0
KEPT = {True: "kept", False: "missed"}
MOST_GROWTH = 1.2
DISTRICT, MONDAY = "370405", date(2025, 11, 3)
console = Console(highlight=False)

# SQL that copies one row many times, which is faster than our own functions.
NUMBERS = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) "
    "INSERT INTO {table} ({columns}) SELECT {values} FROM {table} AS t, n WHERE t.id = 1"
)
REMINDERS = (
    "INSERT INTO reminder (notice_id, district_code, reference, cycle, rung, recipient, status,"
    " planned_on) SELECT 1, district_code, reference, cycle, 'handed_over', lead, 'delivered',"
    " opened_on FROM remediation WHERE status = 'closed'"
)
SENT = (
    "INSERT INTO notice (id, key, district_code, recipient, address, channel, planned_on, text,"
    " status) VALUES (1, 'old', '370405', '某单位', '#a', 'file', '2024-11-04', 'x', 'sent')"
)
PLAIN = (
    "SELECT lead, indicator, unit_name, due_on FROM remediation"
    " WHERE district_code = '370405' AND status = 'handed_over'"
)


def main() -> None:
    """Print the seconds of a chase, its ratio to the plain loop, and its growth."""
    sizes = (*CLOSED, MANY) if "--all" in sys.argv[1:] else CLOSED
    seconds: dict[int, float] = {}
    busy: dict[int, float] = {}
    for closed in sizes:
        with tempfile.TemporaryDirectory() as folder:
            os.environ["JUNHENG_HOME"] = str(Path(folder))
            _fill(closed)
            _chase()
            timed = [_timed(_chase) for _ in range(REPEATS)]
            seconds[closed], busy[closed] = map(min, zip(*timed, strict=True))
            plain = min(_timed(_plain)[0] for _ in range(REPEATS))
            console.print(
                f"{closed:>9,} closed   chase {seconds[closed]:.2f} s   bare loop {plain:.3f} s"
                f"   ratio {seconds[closed] / plain:.0f}"
            )
    # By processor time, which is independent of other load on the machine.
    growth = max(busy.values()) / busy[0]
    is_quick, is_flat = max(seconds.values()) < GOAL_SECONDS, growth < MOST_GROWTH
    console.print(f"goal          under {GOAL_SECONDS:.0f} s: {KEPT[is_quick]}")
    console.print(f"growth        {growth:.2f} times at most: {KEPT[is_flat]}")


def _timed(work: Callable[[], None]) -> tuple[float, float]:
    """Return the wall-clock and the processor seconds of some work."""
    started, busy = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - started, time.process_time() - busy


def _chase() -> None:
    """Decide, merge and queue a morning's cards, each time from the same state."""
    from tasks.chase import cards as chasing

    with bootstrap.session() as session:
        _run(session, "DELETE FROM reminder WHERE notice_id > 1")
        _run(session, "DELETE FROM notice WHERE id > 1")
    _check_all_contacts(chasing.owe_cards(MONDAY, clock=clock.now))


def _plain() -> None:
    """Group the same rows into a text for each contact, without rules, ledger and keys."""
    texts: dict[str, list[str]] = {}
    with bootstrap.session() as session:
        for lead, indicator, unit, due_on in _run(session, PLAIN):
            texts.setdefault(str(lead), []).append(f"{indicator} {unit} {due_on}")
    _check_all_contacts(len(["\n".join(lines) for lines in texts.values()]))


def _check_all_contacts(cards: int) -> None:
    if cards < CONTACTS:
        message = f"only {cards} of {CONTACTS} contacts get a card"
        raise RuntimeError(message)


def _fill(closed: int) -> None:
    """Insert one remediation, then copies of it."""
    with bootstrap.session() as session:
        first = Remediation(
            reference=f"{DISTRICT}-2025-0000",
            indicator="R1",
            unit="u0",
            period="",
            unit_name="第0小学",
            town="",
            school_year=2025,
            followed_year=2025,
            lead="单位0",
            basis="某条",
            items=(),
            status=Status.HANDED_OVER,
            opened_on=MONDAY,
            receipt_due_on=MONDAY,
            due_on=date(2025, 12, 1),
            parts=(Part("配合单位0", MONDAY, date(2025, 11, 26)),),
        )
        remediations.add(session, DISTRICT, first, evaluation_id=None)
        _many(session, OPEN - 1, "o", status="'handed_over'")
        _many(session, closed, "c", status="'closed'")
        _run(session, SENT)
        _run(session, REMINDERS)


def _many(session: Session, count: int, mark: str, *, status: str) -> None:
    if not count:
        return
    last = next(iter(_run(session, "SELECT max(id) FROM remediation")))[0]
    own = {
        "id": f"{last} + n.i",
        "reference": f"'{DISTRICT}-2025-{mark}' || n.i",
        "unit": f"'{mark}' || n.i",
        "unit_name": "'第' || n.i || '小学'",
        "lead": f"'单位' || (n.i % {CONTACTS})",
        "status": status,
    }
    _copy(session, "remediation", count, own)
    _copy(
        session,
        "remediation_part",
        count,
        {
            "id": f"{last} + n.i",
            "remediation_id": f"{last} + n.i",
            "unit": f"'配合单位' || (n.i % {CONTACTS})",
        },
    )


def _copy(session: Session, table: str, count: int, own: dict[str, str]) -> None:
    columns = [str(row[1]) for row in _run(session, f"PRAGMA table_info({table})")]
    values = ", ".join(own.get(name, f"t.{name}") for name in columns)
    sql = NUMBERS.format(count=count, table=table, columns=", ".join(columns), values=values)
    _run(session, sql)


def _run(session: Session, sql: str) -> list[tuple[object, ...]]:
    done = session.connection().exec_driver_sql(sql)
    return [tuple(row) for row in done] if done.returns_rows else []


if __name__ == "__main__":
    main()
