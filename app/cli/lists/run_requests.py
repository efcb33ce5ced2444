"""Prints the operations that users performed on runs."""

from app.cli.lists.formats import Format
from app.cli.lists.printing import show
from junheng import bootstrap
from junheng.domain.operations.run_requests import Operation
from tasks.operations import run_requests as history
from tasks.operations.run_requests import Done

COLUMNS = ("at", "by", "operation", "work", "run", "run_id", "said_by", "reason", "request")


def operations(how: Format) -> None:
    """Print the operations that users performed through the guard, oldest first."""
    wording = bootstrap.rulebook().wording.guard
    rows = [
        _csv(entry) if how is Format.CSV else _row(entry, wording.operations[entry.operation])
        for entry in history.done()
    ]
    show(COLUMNS, rows, how, headings=wording.headings)


def _csv(entry: Done) -> tuple[object, ...]:
    at, operation = entry.at.isoformat(), entry.operation.value
    return (
        at,
        entry.by,
        operation,
        entry.work,
        entry.run,
        entry.run_id,
        entry.said_by,
        entry.reason,
        entry.request,
    )


def _row(entry: Done, operation_name: str) -> tuple[object, ...]:
    at = f"{entry.at:%Y-%m-%d %H:%M}"
    # A refused request is shown as it was sent, because not every request has a Chinese name.
    reason = entry.request if entry.operation is Operation.REFUSED else entry.reason
    return (
        at,
        entry.by,
        operation_name,
        entry.work,
        entry.run or entry.run_id,
        entry.said_by,
        reason,
    )
