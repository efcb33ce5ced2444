"""Queries on evidence: the files that prove that a remediation was carried out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from junheng.domain.ledger.evidence import MediaType
from junheng.store.rows import columns_of, stored_id
from junheng.store.tables.ledger import EvidenceRow, RemediationRow


@dataclass(frozen=True, slots=True)
class NewEvidence:
    """A file to be entered as evidence of a unit, and the user who adds it."""

    unit: str
    kind: str
    name: str
    sha256: str
    suffix: str
    media_type: MediaType
    size: int
    added_by: str
    added_on: date
    added_at: datetime


def add(
    session: Session, row: RemediationRow, new: NewEvidence, *, since: date
) -> tuple[EvidenceRow, bool]:
    """Enter evidence; return its row and whether it is new. Entering the same file is idempotent.

    Another file with the same name becomes its next version; the older one is kept. Evidence from
    before `since` is no longer valid, so the same file may be entered again.
    """
    same_name = (
        select(EvidenceRow)
        .where(EvidenceRow.remediation_id == row.id)
        .where(EvidenceRow.unit == new.unit)
        .where(EvidenceRow.name == new.name)
    )
    versions = session.exec(same_name.order_by(col(EvidenceRow.version))).all()
    same = [
        row
        for row in versions
        if (row.kind, row.sha256) == (new.kind, new.sha256) and row.added_on >= since
    ]
    if same:
        return same[-1], False
    version = 1 + max((row.version for row in versions), default=0)
    entered = EvidenceRow(remediation_id=stored_id(row), version=version, **columns_of(new))
    session.add(entered)
    session.flush()
    return entered, True


def of_reference(session: Session, district_code: str, reference: str) -> tuple[EvidenceRow, ...]:
    """Return the evidence of a remediation, oldest first."""
    rows = session.exec(
        select(EvidenceRow)
        .join(RemediationRow, col(RemediationRow.id) == EvidenceRow.remediation_id)
        .where(RemediationRow.district_code == district_code)
        .where(RemediationRow.reference == reference)
        .order_by(col(EvidenceRow.id))
    )
    return tuple(rows)


def by_reference(session: Session, district_code: str) -> Mapping[str, tuple[EvidenceRow, ...]]:
    """Return the evidence of every remediation that has any, by reference, oldest first."""
    rows = session.exec(
        select(RemediationRow.reference, EvidenceRow)
        .join(EvidenceRow, col(RemediationRow.id) == EvidenceRow.remediation_id)
        .where(RemediationRow.district_code == district_code)
        .order_by(col(EvidenceRow.id))
    )
    found: dict[str, list[EvidenceRow]] = {}
    for reference, row in rows:
        found.setdefault(reference, []).append(row)
    return {reference: tuple(entered) for reference, entered in found.items()}
