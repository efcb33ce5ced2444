"""Queries on notices: cards, each stored as a row before it is sent, and their delivery status."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete, func, select

from junheng.domain.chase.digests import Digest
from junheng.domain.chase.message_status import NoticeStatus
from junheng.domain.chase.reminders import Status as Reminded
from junheng.store import reminders
from junheng.store.rows import change_if, columns_of, stored_id, value_of
from junheng.store.tables.chase import NoticeRow

NOT_ARRIVED = (NoticeStatus.OWED, NoticeStatus.SENDING)


@dataclass(frozen=True, slots=True)
class Notice:
    """The columns of a card that are needed to send it."""

    id: int
    key: str
    recipient: str
    address: str
    channel: str
    planned_on: date
    text: str
    claimed_at: datetime | None
    last_error: str | None = None


def being_sent_to(session: Session, district_code: str) -> frozenset[str]:
    """Return the recipients of cards in flight: they get no new card until that one is settled."""
    return frozenset(notice.recipient for notice in in_flight(session, district_code))


def owe(
    session: Session, cards: Iterable[tuple[Digest, str]], *, district_code: str, channel: str
) -> int:
    """Store a card for each digest and return how many are new; idempotent for the same day.

    A card that is still owed from earlier is overwritten, so that a recipient does not get two.
    """
    waiting = {notice.recipient: notice for notice in owed(session, district_code)}
    new = 0
    for digest, text in cards:
        card = _card(digest, text, district_code=district_code, channel=channel)
        earlier = waiting.get(digest.recipient)
        if earlier is None:
            new += _owe_one(session, card, digest)
        elif earlier.planned_on <= digest.planned_on:
            _rewrite(session, earlier.id, card, digest, was=NoticeStatus.OWED)
    return new


def withdraw(
    session: Session, district_code: str, *, but_for: Collection[str], today: date
) -> None:
    """Withdraw the owed cards of recipients that have nothing due today (all but `but_for`)."""
    for notice in owed(session, district_code):
        if notice.recipient not in but_for and notice.planned_on <= today:
            values = {"status": NoticeStatus.WITHDRAWN}
            if change_if(session, NoticeRow, notice.id, was=NoticeStatus.OWED, values=values):
                reminders.take_off(session, notice.id)


def owed(session: Session, district_code: str) -> tuple[Notice, ...]:
    """Return the cards to send, oldest first."""
    return _with_status(session, district_code, NoticeStatus.OWED)


def in_flight(session: Session, district_code: str) -> tuple[Notice, ...]:
    """Return the cards whose sending began and did not finish."""
    return _with_status(session, district_code, NoticeStatus.SENDING)


def unconfirmed(session: Session, district_code: str) -> tuple[Notice, ...]:
    """Return the cards of which it is unknown whether they arrived."""
    return _with_status(session, district_code, NoticeStatus.UNCONFIRMED)


def one(session: Session, notice_id: int) -> Notice:
    """Return the current state of a card."""
    return _notice(session.exec(select(NoticeRow).where(NoticeRow.id == notice_id)).one())


def was_claimed(session: Session, notice_id: int, *, at: datetime) -> bool:
    """Return whether a card was claimed at an instant or later."""
    row = session.get(NoticeRow, notice_id)
    return row is not None and row.claimed_at is not None and row.claimed_at >= at


def last_day_sent(session: Session, district_code: str) -> date | None:
    """Return the day of the newest sent card; None if no card was sent."""
    day: date | None = session.exec(
        select(func.max(NoticeRow.planned_on))
        .where(NoticeRow.district_code == district_code)
        .where(col(NoticeRow.sent_at).is_not(None))
    ).one()
    return day


def claim(session: Session, notice_id: int, *, channel: str, address: str, now: datetime) -> bool:
    """Claim an owed card for sending by a route; return False if another process was first."""
    route = {"channel": channel, "address": address}
    values = {"status": NoticeStatus.SENDING, "claimed_at": now, **route}
    is_mine = change_if(session, NoticeRow, notice_id, was=NoticeStatus.OWED, values=values)
    if is_mine:
        reminders.become(session, notice_id, Reminded.CLAIMED, {"claimed_at": now, "reason": None})
    return is_mine


def mark_sent(session: Session, notice_id: int, *, receipt: str, sent_at: datetime) -> bool:
    """Record that the platform accepted a card, with its receipt."""
    values = {"receipt": receipt, "sent_at": sent_at}
    reminder_values = {"delivered_at": sent_at}
    return _settle(
        session, notice_id, NoticeStatus.SENT, values, Reminded.DELIVERED, reminder_values
    )


def mark_withheld(session: Session, notice_id: int, *, receipt: str) -> bool:
    """Record where a trial stored a card; it is never sent."""
    return _settle(
        session, notice_id, NoticeStatus.WITHHELD, {"receipt": receipt}, Reminded.WITHHELD
    )


def mark_failed(session: Session, notice_id: int, *, reason: str, is_refused: bool = False) -> bool:
    """Return a card that certainly did not arrive to the status owed; record a refusal."""
    became = Reminded.REFUSED if is_refused else Reminded.PLANNED
    return _settle_with(session, notice_id, NoticeStatus.OWED, became, reason=reason)


def mark_uncertain(session: Session, notice_id: int, *, reason: str) -> bool:
    """Leave a card in flight that may have arrived; the next run checks it."""
    return _settle_with(session, notice_id, NoticeStatus.SENDING, Reminded.SENT, reason=reason)


def mark_unconfirmed(session: Session, notice_id: int, *, reason: str) -> bool:
    """Give up a card of which it is unknown whether it arrived; a person must check."""
    return _settle_with(
        session, notice_id, NoticeStatus.UNCONFIRMED, Reminded.UNKNOWN, reason=reason
    )


def owe_by_word(session: Session, notice_id: int, *, said: str) -> bool:
    """Owe an unconfirmed card again after a person reported that it did not arrive."""
    was = NoticeStatus.UNCONFIRMED
    return _settle_with(
        session, notice_id, NoticeStatus.OWED, Reminded.PLANNED, reason=said, was=was
    )


def mark_sent_by_word(session: Session, notice_id: int, *, said: str, at: datetime) -> bool:
    """Mark an unconfirmed card as sent after a person reported that it arrived."""
    values = {"sent_at": at, "last_error": said}
    reminder_values = {"delivered_at": at, "reason": said}
    status, was = NoticeStatus.SENT, NoticeStatus.UNCONFIRMED
    return _settle(session, notice_id, status, values, Reminded.DELIVERED, reminder_values, was=was)


def _settle_with(
    session: Session,
    notice_id: int,
    status: NoticeStatus,
    became: Reminded,
    *,
    reason: str,
    was: NoticeStatus = NoticeStatus.SENDING,
) -> bool:
    """Write the status of a card that was not delivered, with the reason."""
    why = {"reason": reason}
    return _settle(session, notice_id, status, {"last_error": reason}, became, why, was=was)


def _settle(
    session: Session,
    notice_id: int,
    status: NoticeStatus,
    values: Mapping[str, object],
    became: Reminded,
    reminder_values: Mapping[str, object] | None = None,
    *,
    was: NoticeStatus = NoticeStatus.SENDING,
) -> bool:
    """Write the status of a card and, in the same transaction, of its reminders."""
    changed = {"status": status, "last_error": None, **values}
    is_changed = change_if(session, NoticeRow, notice_id, was=was, values=changed)
    if is_changed:
        reminder_changes = {"reason": None, **(reminder_values or {})}
        reminders.become(session, notice_id, became, reminder_changes)
    return is_changed


def listing(session: Session, district_code: str) -> tuple[NoticeRow, ...]:
    """Return every card of a district, oldest first."""
    rows = session.exec(
        select(NoticeRow)
        .where(NoticeRow.district_code == district_code)
        .order_by(col(NoticeRow.planned_on), col(NoticeRow.id))
    )
    return tuple(rows)


def of_day(session: Session, district_code: str, day: date) -> tuple[NoticeRow, ...]:
    """Return a day's cards, preceded by those of earlier days that have not arrived."""
    planned_on, status = col(NoticeRow.planned_on), col(NoticeRow.status)
    rows = session.exec(
        select(NoticeRow)
        .where(NoticeRow.district_code == district_code)
        .where((planned_on == day) | ((planned_on < day) & status.in_(NOT_ARRIVED)))
        .order_by(planned_on, col(NoticeRow.id))
    )
    return tuple(rows)


@dataclass(frozen=True, slots=True)
class _Card:
    """The values of a card that are written to its row."""

    key: str
    district_code: str
    address: str
    channel: str
    planned_on: date
    text: str


def _card(digest: Digest, text: str, *, district_code: str, channel: str) -> _Card:
    return _Card(
        key=f"{district_code}:{digest.planned_on.isoformat()}:{digest.recipient}",
        district_code=district_code,
        address=digest.address,
        channel=digest.contact.channel_or(channel),
        planned_on=digest.planned_on,
        text=text,
    )


def _owe_one(session: Session, card: _Card, digest: Digest) -> bool:
    withdrawn = _withdrawn(session, card.key)
    if withdrawn is not None:
        return _rewrite(session, withdrawn, card, digest, was=NoticeStatus.WITHDRAWN)
    row = NoticeRow(**columns_of(card), recipient=digest.recipient, status=NoticeStatus.OWED)
    try:
        # Two servers may plan the same morning: the insert of the second one is rolled back.
        with session.begin_nested():
            # A card withdrawn today was not sent and does not count as the day's one card.
            was_withdrawn = col(NoticeRow.status) == NoticeStatus.WITHDRAWN
            session.exec(delete(NoticeRow).where(col(NoticeRow.key) == row.key, was_withdrawn))
            session.add(row)
            session.flush()
            reminders.plan(session, stored_id(row), digest, district_code=card.district_code)
    except IntegrityError:
        return False
    return True


def _withdrawn(session: Session, key: str) -> int | None:
    """Return the id of the withdrawn card with a key: it can be reused on the same day."""
    return session.exec(
        select(NoticeRow.id)
        .where(NoticeRow.key == key)
        .where(NoticeRow.status == NoticeStatus.WITHDRAWN)
    ).first()


def _rewrite(
    session: Session, notice_id: int, card: _Card, digest: Digest, *, was: NoticeStatus
) -> bool:
    """Overwrite a card with another digest, unless its sending has begun meanwhile."""
    values = {**columns_of(card), "status": NoticeStatus.OWED}
    try:
        with session.begin_nested():
            is_changed = change_if(session, NoticeRow, notice_id, was=was, values=values)
            if is_changed:
                reminders.plan(session, notice_id, digest, district_code=card.district_code)
    except IntegrityError:
        # The contact has already got this day's card: the owed one waits for the next day.
        return False
    return is_changed


def _with_status(session: Session, district_code: str, status: NoticeStatus) -> tuple[Notice, ...]:
    rows = session.exec(
        select(NoticeRow)
        .where(NoticeRow.district_code == district_code)
        .where(NoticeRow.status == status)
        .order_by(col(NoticeRow.planned_on), col(NoticeRow.id))
    )
    return tuple(map(_notice, rows))


def _notice(row: NoticeRow) -> Notice:
    return value_of(Notice, row, {"id": stored_id(row)})
