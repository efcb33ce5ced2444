"""Queries on ladders: each ladder that a remediation was opened under, stored once by digest."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session, select

from junheng.domain.chase.ladder import LadderInForce
from junheng.store.tables.ledger import LadderRow


def keep(session: Session, district_code: str, ladder: LadderInForce, *, now: datetime) -> None:
    """Store a ladder under its digest, if it is not stored yet."""
    if session.get(LadderRow, (district_code, ladder.digest)) is None:
        row = LadderRow(
            district_code=district_code,
            digest=ladder.digest,
            kind=ladder.kind,
            content=ladder.content,
            first_used_at=now,
        )
        session.add(row)
        session.flush()


def kept(session: Session, district_code: str) -> Mapping[str, LadderInForce]:
    """Return every stored ladder of a district, by digest."""
    rows = session.exec(select(LadderRow).where(LadderRow.district_code == district_code))
    return {row.digest: LadderInForce.model_validate(row.content) for row in rows}
