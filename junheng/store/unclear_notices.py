"""Queries on cards of which the database alone does not say whether they arrived."""

from datetime import date, datetime

from sqlmodel import Session, col, func, select, update

from junheng.domain.chase.reminders import Status as Reminded
from junheng.store import reminders
from junheng.store.notices import Status
from junheng.store.tables.chase import NoticeRow


def was_claimed(session: Session, notice_id: int, *, at: datetime) -> bool:
    """Return whether a card was claimed at an instant, or again later."""
    claimed_at = session.exec(
        select(NoticeRow.claimed_at).where(NoticeRow.id == notice_id)
    ).one_or_none()
    return claimed_at is not None and claimed_at >= at


def last_day_sent(session: Session, district_code: str) -> date | None:
    """Return the day of the newest card that was sent, None where none was."""
    day: date | None = session.exec(
        select(func.max(NoticeRow.planned_on))
        .where(NoticeRow.district_code == district_code)
        .where(col(NoticeRow.sent_at).is_not(None))
    ).one()
    return day


def owe_by_word(session: Session, notice_id: int, *, said: str) -> bool:
    """Owe an unconfirmed card again, because a person says that it did not arrive."""
    return _settle(session, notice_id, Status.OWED, Reminded.PLANNED, said=said)


def mark_sent_by_word(session: Session, notice_id: int, *, said: str, at: datetime) -> bool:
    """Keep that an unconfirmed card arrived, because a person says so."""
    return _settle(session, notice_id, Status.SENT, Reminded.DELIVERED, said=said, sent_at=at)


def _settle(
    session: Session,
    notice_id: int,
    status: Status,
    became: Reminded,
    *,
    said: str,
    sent_at: datetime | None = None,
) -> bool:
    """Change an unconfirmed card, and what stands on it; False where somebody was quicker."""
    changed = session.exec(
        update(NoticeRow)
        .where(col(NoticeRow.id) == notice_id)
        .where(col(NoticeRow.status) == Status.UNCONFIRMED.value)
        .values(status=status.value, last_error=said, sent_at=sent_at)
    )
    if changed.rowcount == 1:
        values = {"reason": said, **({"delivered_at": sent_at} if sent_at else {})}
        reminders.become(session, notice_id, became, values)
    return changed.rowcount == 1
