"""Queries on the replies of units in their copies of the ledger: each is accepted once."""

import json
from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session, select

from junheng.domain.history.hash_chain import EventKind
from junheng.store import history
from junheng.store.rows import stored_id
from junheng.store.tables.ledger import RemediationRow, ReplyRow


def is_known(session: Session, row: RemediationRow, *, unit: str, digest: str) -> bool:
    """Return whether a reply was accepted before."""
    found = session.exec(
        select(ReplyRow.id)
        .where(ReplyRow.remediation_id == row.id)
        .where(ReplyRow.unit == unit)
        .where(ReplyRow.digest == digest)
    )
    return found.first() is not None


def keep(
    session: Session,
    row: RemediationRow,
    *,
    unit: str,
    digest: str,
    file: str,
    taken_at: datetime,
) -> None:
    """Record that a reply was accepted."""
    session.add(
        ReplyRow(
            remediation_id=stored_id(row), unit=unit, digest=digest, file=file, taken_at=taken_at
        )
    )
    session.flush()


def was_told(session: Session, district_code: str, details: Mapping[str, object]) -> bool:
    """Return whether the history has an event for this copy with exactly these faults."""
    events = history.naming(session, district_code, EventKind.REPLIED, str(details["sha256"]))
    return any(details.items() <= json.loads(event.details).items() for event in events)
