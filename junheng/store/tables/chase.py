"""The tables of cards, reminders and alarms: columns only."""

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from junheng.domain.chase import reminders
from junheng.domain.chase.message_status import AlarmStatus, NoticeStatus
from junheng.store.column_types import enum_text, instant


class NoticeRow(SQLModel, table=True):
    """A card owed to a contact for one day: stored before it is sent."""

    __tablename__ = "notice"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    district_code: str = Field(index=True)
    recipient: str
    address: str
    channel: str
    planned_on: date
    text: str
    status: NoticeStatus = enum_text(NoticeStatus, index=True)
    claimed_at: datetime | None = instant(nullable=True)
    sent_at: datetime | None = instant(nullable=True)
    receipt: str | None = Field(default=None, index=True)
    last_error: str | None = None


class ReminderRow(SQLModel, table=True):
    """A rung of a remediation owed to a recipient, once in a cycle, with its delivery status."""

    __tablename__ = "reminder"
    __table_args__ = (UniqueConstraint("reference", "cycle", "rung", "recipient"),)

    id: int | None = Field(default=None, primary_key=True)
    # Its card; NULL if it was refused and has not been owed again.
    notice_id: int | None = Field(default=None, foreign_key="notice.id", index=True)
    district_code: str
    reference: str
    # How often the remediation's clock had been set at that time.
    cycle: int
    rung: str
    recipient: str
    status: reminders.Status = enum_text(reminders.Status)
    # The first day on which it was owed.
    planned_on: date
    claimed_at: datetime | None = instant(nullable=True)
    delivered_at: datetime | None = instant(nullable=True)
    acknowledged_at: datetime | None = instant(nullable=True)
    acknowledged_by: str | None = None
    reason: str | None = None


class AlarmRow(SQLModel, table=True):
    """A message to operators about one subject: stored before it is sent."""

    __tablename__ = "alarm"
    __table_args__ = (UniqueConstraint("district_code", "about"),)

    id: int | None = Field(default=None, primary_key=True)
    district_code: str
    # The subject, such as a run or the cards of a day: one alarm for each.
    about: str
    text: str
    raised_on: date
    status: AlarmStatus = enum_text(AlarmStatus, index=True)
    channel: str | None = None
    address: str | None = None
    claimed_at: datetime | None = instant(nullable=True)
    sent_at: datetime | None = instant(nullable=True)
    receipt: str | None = None
    reason: str | None = None
