"""Queries on intake: collections, the register, submissions, faults and figures."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert
from sqlmodel import Session, col, func, select

from junheng.domain.intake.forms import Problem
from junheng.domain.intake.submissions import Figure, Part, RegisteredSchool, Sending, as_first_sent
from junheng.store.rows import columns_of, stored_id, value_of
from junheng.store.tables.intake import (
    CollectionRow,
    FaultRow,
    FigureRow,
    RegisterRow,
    SubmissionRow,
)


@dataclass(frozen=True, slots=True)
class NewFault:
    """A fault to be stored, with its sentence for the reporter."""

    problem: Problem
    sheet: str
    cell: str
    item: str
    found: str
    sentence: str


@dataclass(frozen=True, slots=True)
class NewSubmission:
    """The content of one file for one reporter, to be stored."""

    reporter: str
    is_school: bool
    parts: frozenset[Part]
    file: str
    position: int
    sha256: str
    modified_at: float
    is_correction: bool
    faults: tuple[NewFault, ...]
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """A sending with the id of its row and the sequence of its collection."""

    id: int
    collection: int
    sending: Sending


def latest_collection(
    session: Session,
    district_code: str,
    school_year: int,
) -> CollectionRow | None:
    return session.exec(
        select(CollectionRow)
        .where(CollectionRow.district_code == district_code)
        .where(CollectionRow.school_year == school_year)
        .order_by(col(CollectionRow.sequence).desc())
        .limit(1),
    ).first()


def newest_year(session: Session, district_code: str, *, until: int) -> int | None:
    """Return the newest school year with a collection, up to `until`."""
    return session.exec(
        select(func.max(CollectionRow.school_year))
        .where(CollectionRow.district_code == district_code)
        .where(CollectionRow.school_year <= until),
    ).one()


def keep(
    session: Session,
    *,
    district_code: str,
    school_year: int,
    folder: str,
    digest: str,
    received_at: datetime,
    register: Iterable[RegisteredSchool],
    submissions: Iterable[NewSubmission],
) -> int:
    """Store a collection of a folder and return its id; idempotent for an unchanged folder."""
    latest = latest_collection(session, district_code, school_year)
    if latest is not None and latest.digest == digest:
        return stored_id(latest)
    row = CollectionRow(
        district_code=district_code,
        school_year=school_year,
        sequence=1 if latest is None else latest.sequence + 1,
        folder=folder,
        digest=digest,
        received_at=received_at,
    )
    session.add(row)
    session.flush()
    _keep_register(session, stored_id(row), register)
    for submission in submissions:
        _keep_submission(session, stored_id(row), submission)
    return stored_id(row)


def register(
    session: Session,
    district_code: str,
    school_year: int,
) -> tuple[RegisteredSchool, ...]:
    """Return the newest register of a year, in its own order; empty if there is none."""
    return register_of(session, register_collection(session, district_code, school_year))


def register_collection(session: Session, district_code: str, school_year: int) -> int | None:
    """Return the id of the collection with the newest register of a year."""
    return session.exec(
        select(func.max(CollectionRow.id))
        .join(RegisterRow, col(RegisterRow.collection_id) == CollectionRow.id)
        .where(CollectionRow.district_code == district_code)
        .where(CollectionRow.school_year == school_year),
    ).one()


def register_of(session: Session, collection_id: int | None) -> tuple[RegisteredSchool, ...]:
    """Return the register of a collection, in its own order; empty if there is none."""
    rows = session.exec(
        select(RegisterRow)
        .where(RegisterRow.collection_id == collection_id)
        .order_by(col(RegisterRow.position)),
    )
    return tuple(value_of(RegisteredSchool, row) for row in rows)


def kept(session: Session, district_code: str, school_year: int) -> tuple[Kept, ...]:
    """Return every sending of a year, oldest collection first, placed at its first arrival."""
    found = session.exec(
        select(SubmissionRow, CollectionRow.sequence)
        .join(CollectionRow, col(SubmissionRow.collection_id) == CollectionRow.id)
        .where(CollectionRow.district_code == district_code)
        .where(CollectionRow.school_year == school_year)
        .order_by(col(CollectionRow.sequence), col(SubmissionRow.id)),
    )
    rows = tuple(found)
    sendings = as_first_sent(_sending(row, sequence) for row, sequence in rows)
    return tuple(
        Kept(stored_id(row), sequence, sending)
        for (row, sequence), sending in zip(rows, sendings, strict=True)
    )


def fault_sentences(session: Session, submission_ids: Sequence[int]) -> Mapping[int, list[str]]:
    """Return the sentences about the faults of each submission, in reading order."""
    return {
        submission: [fault.sentence for fault in found]
        for submission, found in faults(session, submission_ids).items()
    }


def faults(session: Session, submission_ids: Sequence[int]) -> Mapping[int, list[FaultRow]]:
    """Return the faults of each submission that has any, in reading order."""
    found: dict[int, list[FaultRow]] = {}
    rows = session.exec(
        select(FaultRow)
        .where(col(FaultRow.submission_id).in_(submission_ids))
        .order_by(col(FaultRow.submission_id), col(FaultRow.position)),
    )
    for row in rows:
        found.setdefault(row.submission_id, []).append(row)
    return found


def figures(session: Session, submission_ids: Sequence[int]) -> tuple[FigureRow, ...]:
    """Return the figures of submissions, ordered by id."""
    rows = session.exec(
        select(FigureRow)
        .where(col(FigureRow.submission_id).in_(submission_ids))
        .order_by(col(FigureRow.id)),
    )
    return tuple(rows)


def files(session: Session, submission_ids: Sequence[int]) -> Mapping[int, SubmissionRow]:
    """Return the rows of submissions, with file and hash, by id."""
    rows = session.exec(select(SubmissionRow).where(col(SubmissionRow.id).in_(submission_ids)))
    return {stored_id(row): row for row in rows}


def _sending(row: SubmissionRow, sequence: int) -> Sending:
    parts = frozenset(Part(name) for name in row.parts.split(",") if name)
    return value_of(Sending, row, {"parts": parts, "collection": sequence})


def _keep_register(
    session: Session,
    collection_id: int,
    schools: Iterable[RegisteredSchool],
) -> None:
    session.add_all(
        RegisterRow(collection_id=collection_id, position=position, **columns_of(school))
        for position, school in enumerate(schools)
    )


def _keep_submission(session: Session, collection_id: int, submission: NewSubmission) -> None:
    row = SubmissionRow(
        collection_id=collection_id,
        parts=",".join(sorted(submission.parts)),
        is_accepted=bool(submission.reporter) and not submission.faults,
        **columns_of(submission, but_for=("parts", "faults", "figures")),
    )
    session.add(row)
    session.flush()
    number = stored_id(row)
    session.add_all(
        FaultRow(submission_id=number, position=position, **columns_of(fault))
        for position, fault in enumerate(submission.faults)
    )
    if row.is_accepted and submission.figures:
        figures = [{"submission_id": number} | columns_of(figure) for figure in submission.figures]
        session.execute(insert(FigureRow), figures)
