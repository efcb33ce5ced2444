"""The list of who did what to the runs: csv for machines, a table for people."""

from app.cli.lists.formats import Format
from app.cli.lists.printing import show
from junheng import bootstrap
from junheng.domain.operations.run_requests import Operation
from tasks.operations import run_requests as history
from tasks.operations.run_requests import Done

COLUMNS = ("at", "by", "operation", "work", "run", "run_id", "said_by", "reason", "request")


def operations(how: Format) -> None:
    """Print what people did through the guard, oldest first."""
    wording = bootstrap.rulebook().wording.guard
    rows = [
        _csv(one) if how is Format.CSV else _row(one, wording.operations[one.operation])
        for one in history.done()
    ]
    show(COLUMNS, rows, how, headings=wording.headings)


def _csv(one: Done) -> tuple[object, ...]:
    at, operation = one.at.isoformat(), one.operation.value
    return (
        at,
        one.by,
        operation,
        one.work,
        one.run,
        one.run_id,
        one.said_by,
        one.reason,
        one.request,
    )


def _row(one: Done, called: str) -> tuple[object, ...]:
    at = f"{one.at:%Y-%m-%d %H:%M}"
    # What was refused is told by its request: there is no word for everything that can be asked.
    why = one.request if one.operation is Operation.REFUSED else one.reason
    return (at, one.by, called, one.work, one.run or one.run_id, one.said_by, why)
