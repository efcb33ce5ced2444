"""Queries on the history: events are appended to a district's chain, and never changed."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Self

from sqlalchemy import ColumnElement, Row, Select, func, insert, select
from sqlmodel import Session

from junheng.domain.history import hash_chain
from junheng.domain.history.hash_chain import (
    BEGINNING,
    Event,
    EventKind,
    Happening,
    Linked,
)
from junheng.store.database import locks
from junheng.store.rows import columns_of, value_of
from junheng.store.tables.ledger import EVENT

# The begin of a snapshot in canonical JSON; it cannot occur in user text, whose quotation marks
# are escaped.
SNAPSHOT = '"became":{'


@dataclass(slots=True)
class History:
    """The end of a district's chain, locked for one transaction, to append events."""

    session: Session
    district_code: str
    sequence: int
    head: str
    now: datetime

    @classmethod
    def of(cls, session: Session, district_code: str, *, now: datetime) -> Self:
        """Return the locked end of the chain; other appends wait until this transaction ends."""
        locks.hold_history(session)
        last = _last(session, district_code)
        sequence, head = (0, BEGINNING) if last is None else (last.event.sequence, last.hash)
        return cls(session, district_code, sequence, head, now)

    def tell(self, happening: Happening) -> None:
        """Append one event."""
        event = Event.of(
            happening,
            district_code=self.district_code,
            sequence=self.sequence + 1,
            at=self.now,
        )
        linked = hash_chain.link(event, previous_hash=self.head)
        self.session.execute(insert(EVENT), [_values(linked)])
        self.sequence, self.head = event.sequence, linked.hash


def head(session: Session, district_code: str) -> str:
    """Return the hash of the newest event; BEGINNING if there is none."""
    last = _last(session, district_code)
    return BEGINNING if last is None else last.hash


def whole(session: Session, district_code: str) -> Iterator[Linked]:
    """Yield a district's chain from its first event, as stored, without verifying it."""
    return _streamed(session, _of_district(district_code))


def every_chain(session: Session) -> Iterator[Linked]:
    """Yield the events of every district, ordered by district and sequence."""
    return _streamed(session, select(EVENT).order_by(EVENT.c.district_code, EVENT.c.sequence))


def of_reference(session: Session, district_code: str, reference: str) -> tuple[Event, ...]:
    """Return the events of one remediation, oldest first."""
    return _events(session, _of_district(district_code, EVENT.c.reference == reference))


def snapshots(
    session: Session, district_code: str, *, until: date
) -> tuple[Mapping[str, object], ...]:
    """Return the newest snapshot of each remediation up to a day, ordered by reference."""
    newest_of_each = (
        select(func.max(EVENT.c.sequence))
        .where(EVENT.c.district_code == district_code)
        .where(EVENT.c.reference != "")
        .where(EVENT.c.day <= until.isoformat())
        .where(EVENT.c.details.contains(SNAPSHOT, autoescape=True))
        .group_by(EVENT.c.reference)
    )
    details = session.execute(
        select(EVENT.c.details)
        .where(EVENT.c.district_code == district_code)
        .where(EVENT.c.sequence.in_(newest_of_each))
        .order_by(EVENT.c.reference)
    ).scalars()
    return tuple(json.loads(text)["became"] for text in details)


def newest(session: Session, district_code: str, kind: EventKind) -> Event | None:
    """Return the newest event of a kind."""
    last = _last(session, district_code, EVENT.c.kind == kind.value)
    return None if last is None else last.event


def of_kind(session: Session, district_code: str, kind: EventKind) -> tuple[Event, ...]:
    """Return the events of a kind, oldest first."""
    return _events(session, _of_district(district_code, EVENT.c.kind == kind.value))


def naming(session: Session, district_code: str, kind: EventKind, mark: str) -> tuple[Event, ...]:
    """Return the events of a kind whose details contain `mark`, oldest first."""
    names_it = EVENT.c.details.contains(mark, autoescape=True)
    return _events(session, _of_district(district_code, EVENT.c.kind == kind.value, names_it))


def _of_district(district_code: str, *conditions: ColumnElement[bool]) -> Select[Any]:
    of_it = EVENT.c.district_code == district_code
    return select(EVENT).where(of_it, *conditions).order_by(EVENT.c.sequence)


def _last(session: Session, district_code: str, *conditions: ColumnElement[bool]) -> Linked | None:
    newest_first = _of_district(district_code, *conditions).order_by(None)
    row = session.execute(newest_first.order_by(EVENT.c.sequence.desc()).limit(1)).first()
    return None if row is None else _linked(row)


def _events(session: Session, statement: Select[Any]) -> tuple[Event, ...]:
    return tuple(_linked(row).event for row in session.execute(statement))


def _streamed(session: Session, statement: Select[Any]) -> Iterator[Linked]:
    """Yield the links in a stream: a chain of several years is too long to load at once."""
    return map(_linked, session.execute(statement.execution_options(yield_per=1000)))


def _values(linked: Linked) -> dict[str, object]:
    return columns_of(linked.event) | columns_of(linked, but_for=("event",))


def _linked(row: Row[Any]) -> Linked:
    return value_of(Linked, row, {"event": value_of(Event, row)})
