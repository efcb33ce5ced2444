"""The list of who did what to the runs: csv for machines, a table for people."""

from flows.formats import Format
from flows.listings import show
from junheng import bootstrap
from tasks import operations as history
from tasks.operations import Done

COLUMNS = ("at", "by", "operation", "work", "run", "run_id", "said_by", "reason")


def operations(how: Format) -> None:
    """Print what people did through the gate, oldest first."""
    says = bootstrap.rulebook().wording["gate"]
    called = says["operations"]
    rows = [
        _csv(one) if how is Format.CSV else _row(one, called[one.operation.value])
        for one in history.done()
    ]
    show(COLUMNS, rows, how, headings=says["headings"])


def _csv(one: Done) -> tuple[object, ...]:
    at, operation = one.at.isoformat(), one.operation.value
    return (at, one.by, operation, one.work, one.run, one.run_id, one.said_by, one.reason)


def _row(one: Done, called: str) -> tuple[object, ...]:
    at = f"{one.at:%Y-%m-%d %H:%M}"
    return (at, one.by, called, one.work, one.run or one.run_id, one.said_by, one.reason)
