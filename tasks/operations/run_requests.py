"""Operations: appends requests of runs and their authors to the history, and reads them.

An operation that must be possible while the history is read-only, such as to cancel a run, is
stored in a file until it can be appended.
"""

import json
import logging
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Self

from junheng import bootstrap
from junheng.adapters.files import pages
from junheng.domain.history.hash_chain import Event, EventKind, Happening
from junheng.domain.office_days import OFFICE_ZONE
from junheng.domain.operations.run_requests import WITHOUT_HISTORY, Asked, Operation
from junheng.refusals import Refusal
from junheng.store import history
from junheng.store.history import History

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Done:
    """An operation as stored in the history; `work` and `run` are display names."""

    at: datetime
    by: str
    operation: Operation
    work: str
    run: str
    run_id: str
    said_by: str
    reason: str
    request: str


@dataclass(frozen=True, slots=True)
class _Line:
    """An operation to append; its `number` is unique, so a second append does nothing."""

    number: str
    asked: Asked
    by: str
    request: str
    work: str
    run: str
    day: date
    now: datetime

    def as_json(self) -> str:
        shown = asdict(self) | {"day": self.day.isoformat(), "now": self.now.isoformat()}
        return json.dumps(shown, ensure_ascii=False)

    @classmethod
    def read(cls, text: str) -> Self:
        fields: dict[str, Any] = json.loads(text)
        asked = Asked(**fields["asked"] | {"operation": Operation(fields["asked"]["operation"])})
        day, now = date.fromisoformat(fields["day"]), datetime.fromisoformat(fields["now"])
        return cls(**fields | {"asked": asked, "day": day, "now": now})

    @property
    def details(self) -> Mapping[str, str]:
        asked = self.asked
        return {
            "deployment": asked.deployment,
            "number": self.number,
            "request": self.request,
            "run": asked.run,
            "run_name": self.run,
            "said_by": asked.said_by,
            "work": self.work,
        }


def write_down(
    asked: Asked, *, by: str, request: str, work: str, run: str, day: date, now: datetime
) -> None:
    """Append an operation to the district's history, before it is carried out.

    Raises:
        DatabaseReadOnly, DatabaseUnusable, RulebookUnusable: the history cannot be written, and
            the operation is not one of `WITHOUT_HISTORY`.

    """
    line = _Line(uuid.uuid4().hex, asked, by, request, work, run, day, now)
    try:
        _append(line)
    except Refusal:
        if asked.operation not in WITHOUT_HISTORY:
            raise
        pages.put(_waiting_folder() / f"{line.number}.json", line.as_json())


def note_started(by: str, reason: str, *, work: str, run: str, run_id: str, now: datetime) -> None:
    """Append the person and reason of a run, once; nothing if both are blank (a schedule)."""
    said_by, why = by.strip(), reason.strip()
    if not said_by and not why:
        return
    who = said_by or bootstrap.rulebook().wording.runs.unnamed
    line = _Line(
        # The same number on a retry of the run, so it is appended once.
        number=run_id,
        asked=Asked(Operation.BEGUN, run=run_id, said_by=said_by, reason=why),
        by=who,
        request="",
        work=work,
        run=run,
        day=now.astimezone(OFFICE_ZONE).date(),
        now=now,
    )
    _append(line)


def write_down_waiting() -> int:
    """Append the operations stored in files and return their number; raise as `write_down`."""
    waiting = [(line, path) for path in _waiting_folder().glob("*.json") for line in _read(path)]
    for line, path in sorted(waiting, key=lambda pair: pair[0].now):
        _append(line)
        path.unlink(missing_ok=True)
    return len(waiting)


def _read(path: Path) -> Iterator[_Line]:
    """Yield the line stored in a file; set an unreadable file aside, so that others go on."""
    try:
        yield _Line.read(path.read_text("utf-8"))
    except (ValueError, KeyError, TypeError) as error:
        log.warning("%s：%r", path, error)
        path.rename(path.with_suffix(".unreadable"))


def _append(line: _Line) -> None:
    """Append a line unless the history contains it: a run killed after the append retries it."""
    district = bootstrap.rulebook().district.code
    with bootstrap.session() as session:
        chain = History.of(session, district, now=line.now)
        if history.naming(session, district, EventKind.OPERATED, line.number):
            return
        chain.tell(
            Happening(
                kind=EventKind.OPERATED,
                day=line.day,
                by=line.by,
                reason=line.asked.reason,
                move=line.asked.operation.value,
                details=line.details,
            )
        )


def _waiting_folder() -> Path:
    return bootstrap.settings().home / "operations-waiting"


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
        request=details["request"],
    )
