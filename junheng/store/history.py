"""Queries on the history: events are appended to a district's chain, and never changed."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from typing import Any, Self

import sqlalchemy
from sqlalchemy import func, insert
from sqlmodel import Session, col, select

from junheng.domain.history import hash_chain
from junheng.domain.history.hash_chain import BEGINNING, Event, EventKind, Happening, Linked
from junheng.store.database import locks
from junheng.store.tables.ledger import EventRow

EVENT_FIELDS = tuple(field.name for field in fields(Event))
# How canonical details hold a snapshot: in what somebody wrote, the quotation marks are escaped.
SNAPSHOT = '"became":{'


@dataclass(slots=True)
class History:
    """The end of a district's chain, held for one transaction: what is told is appended."""

    session: Session
    district_code: str
    sequence: int
    head: str
    now: datetime

    @classmethod
    def of(cls, session: Session, district_code: str, *, now: datetime) -> Self:
        """Return the chain's end; whoever else would append waits until this transaction ends."""
        locks.hold_history(session)
        last = _last(session, district_code)
        sequence, head = (0, BEGINNING) if last is None else (last.sequence, last.hash)
        return cls(session, district_code, sequence, head, now)

    def tell(self, happening: Happening) -> None:
        """Append one event."""
        event = Event(
            district_code=self.district_code,
            sequence=self.sequence + 1,
            at=self.now.astimezone(UTC).isoformat(),
            day=happening.day.isoformat(),
            kind=happening.kind.value,
            reference=happening.reference,
            unit=happening.unit,
            move=happening.move,
            was=happening.was,
            became=happening.became,
            by=happening.by,
            reason=happening.reason,
            details=hash_chain.canonical(happening.details),
        )
        linked = hash_chain.link(event, previous_hash=self.head)
        self.session.execute(insert(EventRow), [_values(linked)])
        self.sequence, self.head = event.sequence, linked.hash


def head(session: Session, district_code: str) -> str:
    """Return the hash of the newest event; what stands before the first where there is none."""
    last = _last(session, district_code)
    return BEGINNING if last is None else last.hash


def whole(session: Session, district_code: str) -> Iterator[Linked]:
    """Yield a district's chain from its first event on, as it is kept, whatever became of it."""
    columns = EventRow.metadata.tables["event"].c
    rows = session.execute(
        sqlalchemy.select(*columns)
        .where(columns.district_code == district_code)
        .order_by(columns.sequence)
        .execution_options(yield_per=1000)
    )
    return (_linked(row) for row in rows)


def of_reference(session: Session, district_code: str, reference: str) -> tuple[Event, ...]:
    """Return what became of one remediation, oldest first."""
    rows = session.exec(
        select(EventRow)
        .where(EventRow.district_code == district_code)
        .where(EventRow.reference == reference)
        .order_by(col(EventRow.sequence))
    )
    return tuple(_linked(row).event for row in rows)


def snapshots(
    session: Session, district_code: str, *, until: date
) -> tuple[Mapping[str, object], ...]:
    """Return what each remediation had become by a day, in the order of their references."""
    newest_of_each = (
        select(func.max(EventRow.sequence))
        .where(EventRow.district_code == district_code)
        .where(EventRow.reference != "")
        .where(EventRow.day <= until.isoformat())
        .where(col(EventRow.details).contains(SNAPSHOT, autoescape=True))
        .group_by(EventRow.reference)
    )
    details = session.exec(
        select(EventRow.details)
        .where(EventRow.district_code == district_code)
        .where(col(EventRow.sequence).in_(newest_of_each))
        .order_by(EventRow.reference)
    )
    return tuple(json.loads(said)["became"] for said in details)


def newest(session: Session, district_code: str, kind: EventKind) -> Event | None:
    """Return the newest event of a kind."""
    row = session.exec(
        select(EventRow)
        .where(EventRow.district_code == district_code)
        .where(EventRow.kind == kind.value)
        .order_by(col(EventRow.sequence).desc())
        .limit(1)
    ).first()
    return None if row is None else _linked(row).event


def of_kind(session: Session, district_code: str, kind: EventKind) -> tuple[Event, ...]:
    """Return the events of a kind, oldest first."""
    rows = session.exec(
        select(EventRow)
        .where(EventRow.district_code == district_code)
        .where(EventRow.kind == kind.value)
        .order_by(col(EventRow.sequence))
    )
    return tuple(_linked(row).event for row in rows)


def names(session: Session, district_code: str, kind: EventKind, mark: str) -> bool:
    """Return whether an event of a kind names something in its details."""
    found = session.exec(
        select(EventRow.sequence)
        .where(EventRow.district_code == district_code)
        .where(EventRow.kind == kind.value)
        .where(col(EventRow.details).contains(mark, autoescape=True))
        .limit(1)
    ).first()
    return found is not None


def _last(session: Session, district_code: str) -> EventRow | None:
    return session.exec(
        select(EventRow)
        .where(EventRow.district_code == district_code)
        .order_by(col(EventRow.sequence).desc())
        .limit(1)
    ).first()


def _values(linked: Linked) -> dict[str, object]:
    event = {name: getattr(linked.event, name) for name in EVENT_FIELDS}
    return event | {"previous_hash": linked.previous_hash, "hash": linked.hash}


def _linked(row: EventRow | sqlalchemy.Row[Any]) -> Linked:
    event = Event(**{name: getattr(row, name) for name in EVENT_FIELDS})
    return Linked(event, row.previous_hash, row.hash)
