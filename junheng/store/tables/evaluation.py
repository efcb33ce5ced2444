"""The tables of evaluations: columns only."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from junheng.domain.judging.findings import Verdict
from junheng.store.column_types import enum_text, instant


class EvaluationRow(SQLModel, table=True):
    """One school year of one district, evaluated by one rulebook; never changed afterwards."""

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
    # The evaluated data: the submissions of each reporter, and the collection of the register.
    sources: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))
    register_collection_id: int | None = None


class RulesInForceRow(SQLModel, table=True):
    """The rules of one year of a rulebook, in full, as used by evaluations."""

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
    verdict: Verdict = enum_text(Verdict)
    gaps: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))
