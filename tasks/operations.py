"""Operations: writes into the history who asked what of the runs, and reads it back."""

import json
from dataclasses import dataclass
from datetime import date, datetime

from junheng import bootstrap
from junheng.domain.chain import Event, EventKind, Happening
from junheng.domain.operations import Asked, Operation
from junheng.settings import OFFICE_ZONE
from junheng.store import history
from junheng.store.history import History


@dataclass(frozen=True, slots=True)
class Done:
    """An operation as it stands in the history; `work` and `run` are the names people know."""

    at: datetime
    by: str
    operation: Operation
    work: str
    run: str
    run_id: str
    said_by: str
    reason: str


def write_down(
    asked: Asked, *, by: str, request: str, work: str, run: str, day: date, now: datetime
) -> None:
    """Append an operation to the district's history, before it is done."""
    details = {
        "deployment": asked.deployment,
        "request": request,
        "run": asked.run,
        "run_name": run,
        "said_by": asked.said_by,
        "work": work,
    }
    district = bootstrap.rulebook().district.code
    with bootstrap.session() as session:
        History.of(session, district, now=now).tell(
            Happening(
                EventKind.OPERATED,
                day,
                by,
                reason=asked.reason,
                move=asked.operation.value,
                details=details,
            )
        )


def done() -> tuple[Done, ...]:
    """Return every operation, oldest first."""
    district = bootstrap.rulebook().district.code
    with bootstrap.session() as session:
        return tuple(map(_done, history.of_kind(session, district, EventKind.OPERATED)))


def _done(event: Event) -> Done:
    details = json.loads(event.details)
    return Done(
        at=datetime.fromisoformat(event.at).astimezone(OFFICE_ZONE),
        by=event.by,
        operation=Operation(event.move),
        work=details["work"],
        run=details["run_name"],
        run_id=details["run"],
        said_by=details["said_by"],
        reason=event.reason,
    )
