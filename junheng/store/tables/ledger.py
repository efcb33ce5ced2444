"""The tables of the ledger: columns only."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, Integer, Table, Text, UniqueConstraint
from sqlalchemy.types import TypeEngine
from sqlmodel import AutoString, Field, SQLModel

from junheng.domain.chase.ladder import LadderKind
from junheng.domain.history.hash_chain import EVENT_FIELDS
from junheng.domain.ledger import sign_offs
from junheng.domain.ledger.evidence import MediaType
from junheng.domain.ledger.lifecycle import Cause, Closing, Status
from junheng.store.column_types import DateTuple, TextTuple, enum_text, instant


class RemediationRow(SQLModel, table=True):
    """One remediation: one for each district, indicator, accountable unit and period."""

    __tablename__ = "remediation"
    __table_args__ = (
        UniqueConstraint("district_code", "indicator", "unit", "period"),
        Index("ix_remediation_status", "district_code", "status"),
    )

    id: int | None = Field(default=None, primary_key=True)
    reference: str = Field(unique=True)
    district_code: str = Field(index=True)
    indicator: str
    unit: str
    # The period of an instance of a recurring duty; '' if an evaluation opened the remediation.
    period: str
    unit_name: str
    town: str
    school_year: int
    followed_year: int
    lead: str
    basis: str
    items: tuple[str, ...] = Field(sa_type=TextTuple)
    status: Status = enum_text(Status)
    stood_at: Status | None = enum_text(Status, nullable=True)
    cycle: int
    opened_on: date
    receipt_due_on: date
    due_on: date
    receipted_on: date | None = None
    reported_on: date | None = None
    closed_on: date | None = None
    closing: Closing | None = enum_text(Closing, nullable=True)
    cause: Cause | None = enum_text(Cause, nullable=True)
    was_overridden: bool
    extension_until: date | None = None
    suspended_on: date | None = None
    waived_until: date | None = None
    arbitrate_by: date | None = None
    proof_from: date | None = None
    clock_set_by: str
    assumed_since: date | None = None
    assumed_rest_days: tuple[date, ...] = Field(sa_type=DateTuple)
    # The digest of its ladder; '' if it was opened before ladders were stored.
    ladder: str = Field(sa_column_kwargs={"server_default": ""})
    carried_over: int
    relapses: int
    action: str
    progress: str
    evaluation_id: int | None = Field(default=None, foreign_key="evaluation.id")


class PartRow(SQLModel, table=True):
    """A supporting unit's share of a remediation, with dates of its own."""

    __tablename__ = "remediation_part"
    __table_args__ = (UniqueConstraint("remediation_id", "unit"),)

    id: int | None = Field(default=None, primary_key=True)
    remediation_id: int = Field(foreign_key="remediation.id", index=True)
    position: int
    unit: str = Field(index=True)
    receipt_due_on: date
    due_on: date
    receipted_on: date | None = None
    reported_on: date | None = None
    action: str
    progress: str


_EVENT_KEY = ("district_code", "sequence")
_EVENT_TYPES: Mapping[str, type[TypeEngine[Any]]] = {
    "sequence": Integer,
    "reason": Text,
    "details": Text,
}
# A link of a district's history: written once and never changed. The columns are the fields of the
# event, in the order in which they are hashed, stored as text.
EVENT = Table(
    "event",
    SQLModel.metadata,
    *(
        Column(
            name,
            _EVENT_TYPES.get(name, AutoString)(),
            primary_key=name in _EVENT_KEY,
            nullable=False,
        )
        for name in (*EVENT_FIELDS, "previous_hash", "hash")
    ),
    Index("ix_event_reference", "district_code", "reference"),
)


class MilestoneRow(SQLModel, table=True):
    """A milestone of a long work, with a date of its own."""

    __tablename__ = "milestone"
    __table_args__ = (UniqueConstraint("remediation_id", "position"),)

    id: int | None = Field(default=None, primary_key=True)
    remediation_id: int = Field(foreign_key="remediation.id", index=True)
    position: int
    name: str
    due_on: date
    done_on: date | None = None


class EvidenceRow(SQLModel, table=True):
    """An evidence file, stored under its hash; a new version does not replace an older one."""

    __tablename__ = "evidence"
    __table_args__ = (UniqueConstraint("remediation_id", "unit", "name", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    remediation_id: int = Field(foreign_key="remediation.id", index=True)
    unit: str
    kind: str
    name: str
    version: int
    sha256: str
    suffix: str
    media_type: MediaType = enum_text(MediaType)
    size: int
    added_by: str
    added_on: date
    added_at: datetime = instant()


class LadderRow(SQLModel, table=True):
    """A ladder that remediations were opened under; written once."""

    __tablename__ = "ladder_in_force"

    district_code: str = Field(primary_key=True)
    digest: str = Field(primary_key=True)
    kind: LadderKind = enum_text(LadderKind)
    content: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    first_used_at: datetime = instant()


class ReplyRow(SQLModel, table=True):
    """A reply of a department in its copy of the ledger, accepted once."""

    __tablename__ = "ledger_reply"
    __table_args__ = (UniqueConstraint("remediation_id", "unit", "digest"),)

    id: int | None = Field(default=None, primary_key=True)
    remediation_id: int = Field(foreign_key="remediation.id", index=True)
    unit: str
    digest: str
    file: str
    taken_at: datetime = instant()


class SignOffRow(SQLModel, table=True):
    """One request to the office to hand over drafts, with its answer."""

    __tablename__ = "sign_off"
    __table_args__ = (
        UniqueConstraint("district_code", "number"),
        UniqueConstraint("district_code", "key"),
    )

    id: int | None = Field(default=None, primary_key=True)
    district_code: str
    number: int
    # The hash of the requested drafts, and the count of requests for them.
    key: str
    school_year: int
    # Each draft as (reference, cycle).
    drafts: list[list[Any]] = Field(sa_column=Column(JSON, nullable=False))
    asked_on: date
    decide_by: date
    # The run that made the request; '' if made by hand.
    flow_run_id: str
    status: sign_offs.Status = enum_text(sign_offs.Status)
    decided_by: str
    decided_on: date | None = None
    reason: str = Field(sa_type=Text)
    left_out: dict[str, str] = Field(sa_column=Column(JSON, nullable=False))
    answer_run_id: str
