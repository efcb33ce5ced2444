"""Queries on notices: the cards owed, each a row before it is a message, and what became of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select, update

from junheng.domain.ladder import Digest, Told
from junheng.store.tables import NoticeEntryRow, NoticeRow


class Status(StrEnum):
    """Where a card stands: `sending` outlives its sender only when that was killed."""

    OWED = "owed"
    SENDING = "sending"
    SENT = "sent"
    UNCONFIRMED = "unconfirmed"


NOT_ARRIVED = (Status.OWED.value, Status.SENDING.value)


@dataclass(frozen=True, slots=True)
class Notice:
    """A card as its sender needs it."""

    id: int
    key: str
    recipient: str
    address: str
    channel: str
    planned_on: date
    text: str
    claimed_at: datetime | None


def told(session: Session, district_code: str) -> frozenset[Told]:
    """Return every rung that stands on a card: told, or about to be."""
    rows = session.exec(
        select(
            NoticeEntryRow.reference,
            NoticeEntryRow.cycle,
            NoticeEntryRow.rung,
            NoticeEntryRow.recipient,
        )
        .join(NoticeRow, col(NoticeEntryRow.notice_id) == NoticeRow.id)
        .where(NoticeRow.district_code == district_code)
    )
    return frozenset(
        (reference, cycle, rung, recipient) for reference, cycle, rung, recipient in rows
    )


def waiting_recipients(session: Session, district_code: str) -> frozenset[str]:
    """Return those whose last card has not gone out: they are owed no second one before it."""
    rows = session.exec(
        select(NoticeRow.recipient)
        .where(NoticeRow.district_code == district_code)
        .where(col(NoticeRow.status).in_(NOT_ARRIVED))
    )
    return frozenset(rows)


def owe(
    session: Session,
    cards: Iterable[tuple[Digest, str]],
    *,
    district_code: str,
    channel: str,
) -> int:
    """Owe each digest with its text and return how many are new; the same day again adds none."""
    return sum(
        _owe_one(session, digest, text, district_code=district_code, channel=channel)
        for digest, text in cards
    )


def readdress(session: Session, district_code: str, addresses: Mapping[str, str]) -> None:
    """Let cards not yet sent follow their recipients to a new address."""
    for recipient, address in addresses.items():
        session.exec(
            update(NoticeRow)
            .where(col(NoticeRow.district_code) == district_code)
            .where(col(NoticeRow.recipient) == recipient)
            .where(col(NoticeRow.status) == Status.OWED.value)
            .values(address=address)
        )


def owed(session: Session, district_code: str) -> tuple[Notice, ...]:
    """Return the cards to send, oldest first."""
    return _with_status(session, district_code, Status.OWED)


def in_flight(session: Session, district_code: str) -> tuple[Notice, ...]:
    """Return the cards somebody began to send and did not finish."""
    return _with_status(session, district_code, Status.SENDING)


def claim(session: Session, notice_id: int, *, channel: str, now: datetime) -> bool:
    """Take an owed card for sending; False where somebody else was quicker."""
    values = {"status": Status.SENDING.value, "channel": channel, "claimed_at": now}
    return _change(session, notice_id, was=Status.OWED, values=values)


def mark_sent(session: Session, notice_id: int, *, receipt: str, sent_at: datetime) -> bool:
    values = {
        "status": Status.SENT.value,
        "receipt": receipt,
        "sent_at": sent_at,
        "last_error": None,
    }
    return _change(session, notice_id, was=Status.SENDING, values=values)


def mark_failed(session: Session, notice_id: int, *, reason: str) -> bool:
    """Owe a card again that certainly did not arrive."""
    values = {"status": Status.OWED.value, "last_error": reason}
    return _change(session, notice_id, was=Status.SENDING, values=values)


def mark_uncertain(session: Session, notice_id: int, *, reason: str) -> bool:
    """Leave a card in flight that may have arrived; the next run looks for it."""
    return _change(session, notice_id, was=Status.SENDING, values={"last_error": reason})


def mark_unconfirmed(session: Session, notice_id: int, *, reason: str) -> bool:
    """Give up a card of which nobody can tell whether it arrived; a person must look."""
    values = {"status": Status.UNCONFIRMED.value, "last_error": reason}
    return _change(session, notice_id, was=Status.SENDING, values=values)


def listing(session: Session, district_code: str) -> tuple[NoticeRow, ...]:
    """Return every card of a district, oldest first."""
    rows = session.exec(
        select(NoticeRow)
        .where(NoticeRow.district_code == district_code)
        .order_by(col(NoticeRow.planned_on), col(NoticeRow.id))
    )
    return tuple(rows)


def of_day(session: Session, district_code: str, day: date) -> tuple[NoticeRow, ...]:
    """Return a day's cards, after those of earlier days that still wait."""
    return tuple(
        row
        for row in listing(session, district_code)
        if row.planned_on == day or (row.planned_on < day and row.status in NOT_ARRIVED)
    )


def items_told(session: Session, notice_ids: Sequence[int | None]) -> Mapping[int, int]:
    """Return how many remediations each card tells of."""
    rows = session.exec(
        select(NoticeEntryRow.notice_id, func.count())
        .where(col(NoticeEntryRow.notice_id).in_(notice_ids))
        .group_by(col(NoticeEntryRow.notice_id))
    )
    return dict(rows.all())


def _owe_one(
    session: Session, digest: Digest, text: str, *, district_code: str, channel: str
) -> bool:
    row = NoticeRow(
        key=f"{district_code}:{digest.planned_on.isoformat()}:{digest.recipient}",
        district_code=district_code,
        recipient=digest.recipient,
        address=digest.address,
        channel=channel,
        planned_on=digest.planned_on,
        text=text,
        status=Status.OWED.value,
    )
    try:
        # Two servers may plan the same morning: whoever comes second keeps nothing of its card.
        with session.begin_nested():
            session.add(row)
            session.flush()
            session.add_all(_entries(digest, row.id or 0))
    except IntegrityError:
        return False
    return True


def _entries(digest: Digest, notice_id: int) -> Iterable[NoticeEntryRow]:
    return (
        NoticeEntryRow(
            notice_id=notice_id,
            reference=entry.remediation.reference,
            cycle=entry.remediation.cycle,
            rung=entry.rung.name,
            recipient=digest.recipient,
        )
        for entry in digest.entries
    )


def _with_status(session: Session, district_code: str, status: Status) -> tuple[Notice, ...]:
    return tuple(
        Notice(
            id=row.id or 0,
            key=row.key,
            recipient=row.recipient,
            address=row.address,
            channel=row.channel,
            planned_on=row.planned_on,
            text=row.text,
            claimed_at=row.claimed_at,
        )
        for row in listing(session, district_code)
        if row.status == status.value
    )


def _change(session: Session, notice_id: int, *, was: Status, values: Mapping[str, object]) -> bool:
    """Change a card only where it still stands as it did: a quicker one is not overtaken."""
    changed = session.exec(
        update(NoticeRow)
        .where(col(NoticeRow.id) == notice_id)
        .where(col(NoticeRow.status) == was.value)
        .values(**values)
    )
    return changed.rowcount == 1
