"""The tables: columns only. Instants are kept in UTC; a closed set is kept as its text."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, Column, DateTime, Dialect, Index, TypeDecorator, UniqueConstraint
from sqlmodel import Field, SQLModel


class Instant(TypeDecorator[datetime]):
    """An aware instant: kept in UTC, also where the database forgets the zone (SQLite)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def instant(*, nullable: bool = False) -> Any:
    return Field(sa_type=Instant, nullable=nullable, default=None if nullable else ...)


class CollectionRow(SQLModel, table=True):
    """One reading of one folder: what stood in it, and the hash of it all."""

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
    """What one file says for one reporter; `reporter` is '' where nobody could be made out."""

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
    """One fault of a submission, as it is said to whoever must mend it."""

    __tablename__ = "fault"
    __table_args__ = (UniqueConstraint("submission_id", "position"),)

    id: int | None = Field(default=None, primary_key=True)
    submission_id: int = Field(foreign_key="submission.id", index=True)
    position: int
    problem: str
    sheet: str
    cell: str
    item: str
    found: str
    sentence: str


class FigureRow(SQLModel, table=True):
    """One figure of an accepted submission, and the cell it stands in."""

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


class EvaluationRow(SQLModel, table=True):
    """One school year of one district held against one rulebook; never changed afterwards."""

    __tablename__ = "evaluation"
    __table_args__ = (UniqueConstraint("district_code", "school_year", "rules_year", "sequence"),)

    id: int | None = Field(default=None, primary_key=True)
    district_code: str
    school_year: int
    rules_year: int
    sequence: int
    rulebook_hash: str
    data_hash: str
    broken: dict[str, str] = Field(sa_column=Column(JSON, nullable=False))
    evaluated_at: datetime = instant()
    # What counted of each reporter, and the collection whose register stood: what was judged.
    sources: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))
    register_collection_id: int | None = None


class RulesInForceRow(SQLModel, table=True):
    """The rules of one year out of one rulebook, whole: what an evaluation was judged by."""

    __tablename__ = "rules_in_force"
    __table_args__ = (UniqueConstraint("rulebook_hash", "rules_year"),)

    id: int | None = Field(default=None, primary_key=True)
    rulebook_hash: str
    rules_year: int
    rules: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))


class FindingRow(SQLModel, table=True):
    """One line's verdict on one unit in one evaluation."""

    __tablename__ = "finding"
    __table_args__ = (UniqueConstraint("evaluation_id", "indicator", "unit"),)

    id: int | None = Field(default=None, primary_key=True)
    evaluation_id: int = Field(foreign_key="evaluation.id", index=True)
    position: int
    indicator: str
    unit: str
    owner: str
    value: float | None
    threshold: float | None
    verdict: str
    gaps: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))


class NoticeRow(SQLModel, table=True):
    """A card owed to a contact for one day: a row before it is a message."""

    __tablename__ = "notice"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    district_code: str = Field(index=True)
    recipient: str
    address: str
    channel: str
    planned_on: date
    text: str
    status: str = Field(index=True)
    claimed_at: datetime | None = instant(nullable=True)
    sent_at: datetime | None = instant(nullable=True)
    receipt: str | None = Field(default=None, index=True)
    last_error: str | None = None


class ReminderRow(SQLModel, table=True):
    """A rung of a remediation owed to a recipient: once in a cycle, and what became of it."""

    __tablename__ = "reminder"
    __table_args__ = (UniqueConstraint("reference", "cycle", "rung", "recipient"),)

    id: int | None = Field(default=None, primary_key=True)
    # The card it stands on; none for what was refused and has not been owed again since.
    notice_id: int | None = Field(default=None, foreign_key="notice.id", index=True)
    district_code: str
    reference: str
    # How often the remediation's clock had been set when this was told.
    cycle: int
    rung: str
    recipient: str
    status: str
    # The day from which on it has been owed.
    planned_on: date
    claimed_at: datetime | None = instant(nullable=True)
    delivered_at: datetime | None = instant(nullable=True)
    acknowledged_at: datetime | None = instant(nullable=True)
    acknowledged_by: str | None = None
    reason: str | None = None


class AlarmRow(SQLModel, table=True):
    """What operators are to be told, once: a row before it is a message."""

    __tablename__ = "alarm"
    __table_args__ = (UniqueConstraint("district_code", "about"),)

    id: int | None = Field(default=None, primary_key=True)
    district_code: str
    # What it is about, such as a run or the cards of a day: told once.
    about: str
    text: str
    raised_on: date
    status: str = Field(index=True)
    channel: str | None = None
    address: str | None = None
    claimed_at: datetime | None = instant(nullable=True)
    sent_at: datetime | None = instant(nullable=True)
    receipt: str | None = None
    reason: str | None = None
