"""Queries on alarms: messages to operators, each stored as a row before it is sent."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from junheng.domain.chase.message_status import AlarmStatus
from junheng.store.rows import add_once, change_if, stored_id, value_of
from junheng.store.tables.chase import AlarmRow


@dataclass(frozen=True, slots=True)
class Alarm:
    """The columns of an alarm that are needed to send it."""

    id: int
    about: str
    text: str
    raised_on: date
    status: AlarmStatus
    channel: str | None
    address: str | None
    claimed_at: datetime | None


def put_up(
    session: Session, district_code: str, about: str, *, text: str, day: date, is_owed: bool
) -> Alarm:
    """Add an alarm and return it; if one about the same subject exists, return that one."""
    status = AlarmStatus.OWED if is_owed else AlarmStatus.NOTED
    row = AlarmRow(
        district_code=district_code, about=about, text=text, raised_on=day, status=status
    )
    is_new = add_once(session, row)
    return _alarm(row if is_new else session.exec(_about(district_code, about)).one())


def about(session: Session, district_code: str, what: str) -> Alarm | None:
    """Return the alarm about a subject, or None."""
    row = session.exec(_about(district_code, what)).first()
    return None if row is None else _alarm(row)


def owed(session: Session, district_code: str) -> tuple[Alarm, ...]:
    return _with_status(session, district_code, AlarmStatus.OWED)


def left_in_flight(session: Session, district_code: str, *, before: datetime) -> tuple[Alarm, ...]:
    """Return the alarms whose sending began before an instant and did not finish."""
    sending = _with_status(session, district_code, AlarmStatus.SENDING)
    return tuple(
        alarm for alarm in sending if alarm.claimed_at is None or alarm.claimed_at < before
    )


def claim(session: Session, alarm_id: int, *, channel: str, address: str, now: datetime) -> bool:
    """Claim an owed alarm for sending; return False if another process claimed it first."""
    values = {"claimed_at": now, "channel": channel, "address": address}
    return _become(session, alarm_id, AlarmStatus.SENDING, was=AlarmStatus.OWED, **values)


def mark_sent(
    session: Session, alarm_id: int, *, receipt: str, now: datetime, is_withheld: bool
) -> None:
    status = AlarmStatus.WITHHELD if is_withheld else AlarmStatus.SENT
    _become(session, alarm_id, status, was=AlarmStatus.SENDING, receipt=receipt, sent_at=now)


def owe_again(session: Session, alarm_id: int, *, reason: str) -> None:
    """Return an alarm that certainly did not arrive to the status owed."""
    _become(session, alarm_id, AlarmStatus.OWED, was=AlarmStatus.SENDING, reason=reason)


def withdraw(session: Session, alarm_id: int, *, reason: str) -> None:
    """Withdraw an owed alarm whose cause no longer exists."""
    _become(session, alarm_id, AlarmStatus.WITHDRAWN, was=AlarmStatus.OWED, reason=reason)


def mark_unconfirmed(session: Session, alarm_id: int, *, reason: str) -> None:
    """Record that it is unknown whether an alarm arrived; it is not sent again."""
    _become(session, alarm_id, AlarmStatus.UNCONFIRMED, was=AlarmStatus.SENDING, reason=reason)


def _about(district_code: str, what: str) -> SelectOfScalar[AlarmRow]:
    return (
        select(AlarmRow)
        .where(AlarmRow.district_code == district_code)
        .where(AlarmRow.about == what)
    )


def _with_status(session: Session, district_code: str, status: AlarmStatus) -> tuple[Alarm, ...]:
    rows = session.exec(
        select(AlarmRow)
        .where(AlarmRow.district_code == district_code)
        .where(AlarmRow.status == status)
        .order_by(col(AlarmRow.id))
    )
    return tuple(map(_alarm, rows))


def _become(
    session: Session, alarm_id: int, status: AlarmStatus, *, was: AlarmStatus, **values: object
) -> bool:
    return change_if(session, AlarmRow, alarm_id, was=was, values={"status": status, **values})


def _alarm(row: AlarmRow) -> Alarm:
    return value_of(Alarm, row, {"id": stored_id(row)})
