"""The table of presses: columns only. A press is stored before it is carried out."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, Text
from sqlmodel import Field, SQLModel

from junheng.domain.chat.interactions import PressKind, PressStatus
from junheng.domain.ledger.lifecycle import Move
from junheng.store.column_types import enum_text, instant


class PressRow(SQLModel, table=True):
    """One pressed button or one submitted form, with its status and outcome."""

    __tablename__ = "press"
    __table_args__ = (
        Index("ix_press_card", "district_code", "card"),
        Index("ix_press_open", "district_code", "shown_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    # The platform's id of the delivery: a redelivery has the same one.
    envelope: str
    district_code: str
    team: str
    user: str
    kind: PressKind = enum_text(PressKind)
    move: Move = enum_text(Move)
    # The receipt of its card.
    card: str
    payload: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    received_at: datetime = instant()
    status: PressStatus = enum_text(PressStatus)
    outcome: str = Field(sa_type=Text)
    settled_at: datetime | None = instant(nullable=True)
    shown_at: datetime | None = instant(nullable=True)
