"""Queries on what units answered in their copies of the ledger: each answer is taken once."""

import json
from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session, select

from junheng.domain.history.hash_chain import EventKind
from junheng.store import history
from junheng.store.rows import stored_id
from junheng.store.tables.ledger import RemediationRow, ReplyRow


def is_known(session: Session, row: RemediationRow, *, unit: str, digest: str) -> bool:
    """Say whether an answer was taken before."""
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
    """Keep that an answer was taken."""
    session.add(
        ReplyRow(
            remediation_id=stored_id(row), unit=unit, digest=digest, file=file, taken_at=taken_at
        )
    )
    session.flush()


def was_told(session: Session, district_code: str, details: Mapping[str, object]) -> bool:
    """Say whether the history has it that a copy came, with these very faults."""
    told = history.naming(session, district_code, EventKind.REPLIED, str(details["sha256"]))
    return any(details.items() <= json.loads(event.details).items() for event in told)
