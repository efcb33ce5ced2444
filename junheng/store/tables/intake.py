"""The tables of intake: columns only."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from junheng.domain.intake.forms import Problem
from junheng.store.column_types import enum_text, instant


class CollectionRow(SQLModel, table=True):
    """One reading of one folder, with the digest of its content."""

    __tablename__ = "collection"
    __table_args__ = (UniqueConstraint("district_code", "school_year", "sequence"),)

    id: int | None = Field(default=None, primary_key=True)
    district_code: str
    school_year: int
    sequence: int
    folder: str
    digest: str
    received_at: datetime = instant()


class RegisterRow(SQLModel, table=True):
    """A school on the register (学校名录) of one collection."""

    __tablename__ = "register_entry"
    __table_args__ = (UniqueConstraint("collection_id", "code"),)

    id: int | None = Field(default=None, primary_key=True)
    collection_id: int = Field(foreign_key="collection.id", index=True)
    position: int
    code: str
    name: str
    kind: str
    town: str
    locale: str
    ownership: str


class SubmissionRow(SQLModel, table=True):
    """The content of one file for one reporter; `reporter` is '' if it could not be identified."""

    __tablename__ = "submission"
    __table_args__ = (UniqueConstraint("collection_id", "file", "position"),)

    id: int | None = Field(default=None, primary_key=True)
    collection_id: int = Field(foreign_key="collection.id", index=True)
    reporter: str = Field(index=True)
    is_school: bool
    parts: str
    file: str
    position: int
    sha256: str
    modified_at: float
    is_correction: bool
    is_accepted: bool


class FaultRow(SQLModel, table=True):
    """One fault of a submission, with its sentence for the reporter."""

    __tablename__ = "fault"
    __table_args__ = (UniqueConstraint("submission_id", "position"),)

    id: int | None = Field(default=None, primary_key=True)
    submission_id: int = Field(foreign_key="submission.id", index=True)
    position: int
    problem: Problem = enum_text(Problem)
    sheet: str
    cell: str
    item: str
    found: str
    sentence: str


class FigureRow(SQLModel, table=True):
    """One figure of an accepted submission, with its cell."""

    __tablename__ = "figure"
    __table_args__ = (
        UniqueConstraint("submission_id", "subject", "key"),
        Index("ix_figure_submission", "submission_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    submission_id: int = Field(foreign_key="submission.id")
    subject: str
    key: str
    number: float | None
    text: str | None
    sheet: str
    cell: str
