"""Queries on remediations: the ledger's rows. One identity: district, indicator, unit, period."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TypeVar

from sqlmodel import Session, col, delete, select

from junheng.domain.chase.office_queue import AT_THE_OFFICE
from junheng.domain.history.auditing import CHILDREN
from junheng.domain.ledger.lifecycle import WITH_UNIT, Status
from junheng.domain.ledger.milestones import Milestone
from junheng.domain.ledger.remediation import Part, Remediation
from junheng.store.rows import columns_of, portions, stored_id, value_of
from junheng.store.tables.ledger import MilestoneRow, PartRow, RemediationRow


class UnknownReference(LookupError):
    """We cannot find a remediation, because the ledger has none with that reference."""


def ledger(session: Session, district_code: str) -> tuple[Remediation, ...]:
    """Return every remediation of a district, ordered by school year and reference."""
    return _selected(session, district_code)


def with_status(
    session: Session, district_code: str, statuses: Collection[Status]
) -> tuple[Remediation, ...]:
    """Return the remediations that have one of the statuses."""
    return _selected(session, district_code, col(RemediationRow.status).in_(statuses))


def counted_over_assumed_days(session: Session, district_code: str) -> tuple[Remediation, ...]:
    """Return the remediations whose due date was counted over unannounced days."""
    return _selected(session, district_code, col(RemediationRow.assumed_since).is_not(None))


def numbered(session: Session, district_code: str, reference: str) -> Remediation:
    """Return the remediation of a reference; raises UnknownReference."""
    found = _selected(session, district_code, col(RemediationRow.reference) == reference)
    if not found:
        raise UnknownReference(reference)
    return found[0]


def referred_to(
    session: Session, district_code: str, references: Iterable[str]
) -> tuple[Remediation, ...]:
    """Return the remediations with some references; unknown references are ignored."""
    return tuple(
        remediation
        for some in portions(sorted(set(references)))
        for remediation in _selected(
            session, district_code, col(RemediationRow.reference).in_(some)
        )
    )


def waiting_for_office(session: Session, district_code: str) -> tuple[Remediation, ...]:
    """Return the remediations that wait for the office, and those with a requested extension."""
    status = col(RemediationRow.status)
    # All open statuses come first, so that the index on status excludes closed remediations.
    is_open = status.in_(AT_THE_OFFICE | WITH_UNIT)
    asks_for_time = col(RemediationRow.extension_until).is_not(None)
    return _selected(session, district_code, is_open, status.in_(AT_THE_OFFICE) | asks_for_time)


def turns_opened(session: Session, district_code: str) -> frozenset[tuple[str, str, str]]:
    """Return the (duty, unit, period) of every instance of a recurring duty that was opened."""
    rows = session.exec(
        select(RemediationRow.indicator, RemediationRow.unit, RemediationRow.period)
        .where(RemediationRow.district_code == district_code)
        .where(RemediationRow.period != "")
    )
    return frozenset((duty, unit, period) for duty, unit, period in rows)


def next_number(session: Session, district_code: str, school_year: int) -> int:
    """Return the number of the next reference of a year."""
    prefix = f"{district_code}-{school_year}-"
    references = session.exec(
        select(RemediationRow.reference).where(col(RemediationRow.reference).startswith(prefix))
    )
    numbers = (int(reference.removeprefix(prefix)) for reference in references)
    return max(numbers, default=0) + 1


def add(
    session: Session, district_code: str, remediation: Remediation, *, evaluation_id: int | None
) -> int:
    """Insert a remediation and return its row id; its identity and its reference are unique."""
    own = columns_of(remediation, but_for=CHILDREN)
    row = RemediationRow(**own, district_code=district_code, evaluation_id=evaluation_id)
    session.add(row)
    session.flush()
    _write_children(session, row, remediation)
    return stored_id(row)


def change(
    session: Session, district_code: str, after: Remediation, *, evaluation_id: int | None = None
) -> None:
    """Write the new state of a remediation; with `evaluation_id` if its evaluation changed."""
    row = row_of(session, district_code, after.reference)
    for name, value in columns_of(after, but_for=CHILDREN).items():
        setattr(row, name, value)
    if evaluation_id is not None:
        row.evaluation_id = evaluation_id
    session.add(row)
    session.exec(delete(PartRow).where(col(PartRow.remediation_id) == row.id))
    session.exec(delete(MilestoneRow).where(col(MilestoneRow.remediation_id) == row.id))
    _write_children(session, row, after)


def row_of(session: Session, district_code: str, reference: str) -> RemediationRow:
    """Return the row of a reference; raises UnknownReference."""
    row = session.exec(
        select(RemediationRow)
        .where(RemediationRow.district_code == district_code)
        .where(RemediationRow.reference == reference)
    ).first()
    if row is None:
        raise UnknownReference(reference)
    return row


def _selected(session: Session, district_code: str, *conditions: object) -> tuple[Remediation, ...]:
    rows = session.exec(
        select(RemediationRow)
        .where(RemediationRow.district_code == district_code, *conditions)  # type: ignore[arg-type]
        .order_by(col(RemediationRow.school_year), col(RemediationRow.reference))
    ).all()
    parts, milestones = _children(session, PartRow, rows), _children(session, MilestoneRow, rows)
    return tuple(
        _remediation(row, parts.get(stored_id(row), ()), milestones.get(stored_id(row), ()))
        for row in rows
    )


Child = TypeVar("Child", PartRow, MilestoneRow)


def _children(
    session: Session, table: type[Child], rows: Sequence[RemediationRow]
) -> Mapping[int, Iterable[Child]]:
    """Return the parts or the milestones of remediations, by remediation id."""
    found: dict[int, list[Child]] = {}
    for some in portions([row.id for row in rows]):
        for child in session.exec(
            select(table)
            .where(col(table.remediation_id).in_(some))
            .order_by(col(table.remediation_id), col(table.position))
        ):
            found.setdefault(child.remediation_id, []).append(child)
    return found


def _remediation(
    row: RemediationRow, parts: Iterable[PartRow], milestones: Iterable[MilestoneRow]
) -> Remediation:
    children = {
        "parts": tuple(value_of(Part, part) for part in parts),
        "milestones": tuple(value_of(Milestone, milestone) for milestone in milestones),
    }
    return value_of(Remediation, row, children)


def _write_children(session: Session, row: RemediationRow, remediation: Remediation) -> None:
    number = stored_id(row)
    session.add_all(
        PartRow(remediation_id=number, position=position, **columns_of(part))
        for position, part in enumerate(remediation.parts)
    )
    session.add_all(
        MilestoneRow(remediation_id=number, **columns_of(milestone))
        for milestone in remediation.milestones
    )
    session.flush()
