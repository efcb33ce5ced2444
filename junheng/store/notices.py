"""Queries on notices: the cards owed, each a row before it is a message, and what became of it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete, func, select, update

from junheng.domain.digests import Digest, Told
from junheng.store.tables import NoticeEntryRow, NoticeRow


class Status(StrEnum):
    """Where a card stands: `sending` outlives its sender only when that was killed."""

    OWED = "owed"
    SENDING = "sending"
    SENT = "sent"
    UNCONFIRMED = "unconfirmed"
    # Owed, and out of date before it went: what is still to be told stands on another card.
    WITHDRAWN = "withdrawn"


MOST_IN_A_QUERY = 500
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
    last_error: str | None = None


def told(session: Session, district_code: str, references: Iterable[str]) -> frozenset[Told]:
    """Return every rung of some remediations on a card that went out, or may have.

    What only an owed card tells is not told: that card is written anew.
    """
    found: set[Told] = set()
    # Asked of each entry, so that the database begins with the references and not with the cards.
    went_out = (
        select(NoticeRow.id)
        .where(NoticeRow.id == col(NoticeEntryRow.notice_id))
        .where(NoticeRow.district_code == district_code)
        .where(NoticeRow.status != Status.OWED.value)
        .exists()
    )
    asked = sorted(set(references))
    for start in range(0, len(asked), MOST_IN_A_QUERY):
        rows = session.exec(
            select(
                NoticeEntryRow.reference,
                NoticeEntryRow.cycle,
                NoticeEntryRow.rung,
                NoticeEntryRow.recipient,
            )
            .where(col(NoticeEntryRow.reference).in_(asked[start : start + MOST_IN_A_QUERY]))
            .where(went_out)
        )
        found.update((known, cycle, rung, whom) for known, cycle, rung, whom in rows)
    return frozenset(found)


def being_sent_to(session: Session, district_code: str) -> frozenset[str]:
    """Return those whose last card may have arrived: they are owed no second one before it."""
    return frozenset(notice.recipient for notice in in_flight(session, district_code))


def owe(
    session: Session, cards: Iterable[tuple[Digest, str]], *, district_code: str, channel: str
) -> int:
    """Owe each digest with its text and return how many are new; the same day again adds none.

    A card still owed from earlier is written anew, so that nobody gets an old one and then another.
    """
    waiting = {notice.recipient: notice for notice in owed(session, district_code)}
    new = 0
    for digest, text in cards:
        earlier = waiting.get(digest.recipient)
        if earlier is None:
            new += _owe_one(session, digest, text, district_code=district_code, channel=channel)
        elif earlier.planned_on <= digest.planned_on:
            _write_anew(
                session, earlier.id, digest, text, district_code=district_code, channel=channel
            )
    return new


def withdraw(
    session: Session, district_code: str, *, but_for: Collection[str], today: date
) -> None:
    """Withdraw the cards owed to all but some: nothing of what they tell is to be told today."""
    for notice in owed(session, district_code):
        if notice.recipient not in but_for and notice.planned_on <= today:
            values = {"status": Status.WITHDRAWN.value}
            if _change(session, notice.id, was=Status.OWED, values=values):
                _forget_entries(session, notice.id)


def owed(session: Session, district_code: str) -> tuple[Notice, ...]:
    """Return the cards to send, oldest first."""
    return _with_status(session, district_code, Status.OWED)


def in_flight(session: Session, district_code: str) -> tuple[Notice, ...]:
    """Return the cards somebody began to send and did not finish."""
    return _with_status(session, district_code, Status.SENDING)


def unconfirmed(session: Session, district_code: str) -> tuple[Notice, ...]:
    """Return the cards of which nobody can tell whether they arrived."""
    return _with_status(session, district_code, Status.UNCONFIRMED)


def one(session: Session, notice_id: int) -> Notice:
    """Return a card as it stands now."""
    return _notice(session.exec(select(NoticeRow).where(NoticeRow.id == notice_id)).one())


def claim(session: Session, notice_id: int, *, channel: str, address: str, now: datetime) -> bool:
    """Take an owed card for sending by one route; False where somebody else was quicker."""
    route = {"channel": channel, "address": address}
    values = {"status": Status.SENDING.value, "claimed_at": now, **route}
    return _change(session, notice_id, was=Status.OWED, values=values)


def mark_sent(session: Session, notice_id: int, *, receipt: str, sent_at: datetime) -> bool:
    arrived = {"receipt": receipt, "sent_at": sent_at, "last_error": None}
    values = {"status": Status.SENT.value, **arrived}
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
    planned_on, status = col(NoticeRow.planned_on), col(NoticeRow.status)
    rows = session.exec(
        select(NoticeRow)
        .where(NoticeRow.district_code == district_code)
        .where((planned_on == day) | ((planned_on < day) & status.in_(NOT_ARRIVED)))
        .order_by(planned_on, col(NoticeRow.id))
    )
    return tuple(rows)


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
        key=_key(digest, district_code),
        district_code=district_code,
        recipient=digest.recipient,
        address=digest.address,
        channel=digest.contact.channel_or(channel),
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
    told = [
        (entry.remediation.reference, entry.remediation.cycle, entry.rung.name)
        for entry in digest.entries
    ]
    told += [(one.reference, one.cycle, one.rung) for one in digest.waiting if one.is_new]
    return (
        NoticeEntryRow(
            notice_id=notice_id,
            reference=reference,
            cycle=cycle,
            rung=rung,
            recipient=digest.recipient,
        )
        for reference, cycle, rung in told
    )


def _write_anew(
    session: Session, notice_id: int, digest: Digest, text: str, *, district_code: str, channel: str
) -> None:
    """Let an owed card tell another digest, unless somebody has begun to send it meanwhile."""
    values = {
        "key": _key(digest, district_code),
        "text": text,
        "planned_on": digest.planned_on,
        "address": digest.address,
        "channel": digest.contact.channel_or(channel),
    }
    try:
        with session.begin_nested():
            if _change(session, notice_id, was=Status.OWED, values=values):
                _forget_entries(session, notice_id)
                session.add_all(_entries(digest, notice_id))
    except IntegrityError:
        # The contact has had the one card of this day: the owed one waits for the next.
        return


def _key(digest: Digest, district_code: str) -> str:
    return f"{district_code}:{digest.planned_on.isoformat()}:{digest.recipient}"


def _forget_entries(session: Session, notice_id: int) -> None:
    session.exec(delete(NoticeEntryRow).where(col(NoticeEntryRow.notice_id) == notice_id))


def _with_status(session: Session, district_code: str, status: Status) -> tuple[Notice, ...]:
    rows = session.exec(
        select(NoticeRow)
        .where(NoticeRow.district_code == district_code)
        .where(NoticeRow.status == status.value)
        .order_by(col(NoticeRow.planned_on), col(NoticeRow.id))
    )
    return tuple(map(_notice, rows))


def _notice(row: NoticeRow) -> Notice:
    return Notice(
        id=row.id or 0,
        key=row.key,
        recipient=row.recipient,
        address=row.address,
        channel=row.channel,
        planned_on=row.planned_on,
        text=row.text,
        claimed_at=row.claimed_at,
        last_error=row.last_error,
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
