"""Queries on presses: pressed buttons and submitted forms in chat, their status and card."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select, update

from junheng.domain.chat.interactions import Press, PressStatus
from junheng.store import reminders
from junheng.store.rows import add_once, change_if, stored_id, value_of
from junheng.store.tables.chase import NoticeRow
from junheng.store.tables.chat import PressRow


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored press."""

    id: int
    press: Press
    envelope: str
    status: PressStatus
    outcome: str
    settled_at: datetime | None
    shown_at: datetime | None


@dataclass(frozen=True, slots=True)
class Card:
    """A sent card, with the references of its remediations."""

    key: str
    recipient: str
    planned_on: date
    text: str
    references: tuple[str, ...]


def write_down(
    session: Session, district_code: str, press: Press, *, envelope: str, now: datetime
) -> Kept | None:
    """Store a press and return it; None if a press with its key is already stored."""
    row = PressRow(
        key=press.key,
        envelope=envelope,
        district_code=district_code,
        team=press.team,
        user=press.user,
        kind=press.kind,
        move=press.move,
        card=press.card,
        payload=press.model_dump(mode="json"),
        received_at=now,
        status=PressStatus.RECEIVED,
        outcome="",
    )
    # Two listeners may receive the same press.
    return _kept(row) if add_once(session, row) else None


def one(session: Session, press_id: int) -> Kept:
    return _kept(session.exec(select(PressRow).where(PressRow.id == press_id)).one())


def keyed(session: Session, key: str) -> Kept | None:
    row = session.exec(select(PressRow).where(PressRow.key == key)).first()
    return None if row is None else _kept(row)


def unfinished(session: Session, district_code: str) -> tuple[Kept, ...]:
    """Return the presses that are not yet carried out or whose outcome is not yet shown."""
    rows = session.exec(
        select(PressRow)
        .where(PressRow.district_code == district_code)
        .where(col(PressRow.shown_at).is_(None))
        .order_by(col(PressRow.id))
    )
    return tuple(map(_kept, rows))


def done_on(session: Session, district_code: str, card: str) -> tuple[Kept, ...]:
    """Return the presses on a card that were carried out, oldest first."""
    rows = session.exec(
        select(PressRow)
        .where(PressRow.district_code == district_code)
        .where(PressRow.card == card)
        .where(PressRow.status == PressStatus.DONE)
        .where(PressRow.outcome != "")
        .order_by(col(PressRow.settled_at), col(PressRow.id))
    )
    return tuple(map(_kept, rows))


def settle(
    session: Session, press_id: int, *, status: PressStatus, outcome: str, now: datetime
) -> bool:
    """Write the outcome of a press; return False if it was already written."""
    values = {"status": status, "outcome": outcome, "settled_at": now}
    return change_if(session, PressRow, press_id, was=PressStatus.RECEIVED, values=values)


def mark_shown(session: Session, press_id: int, *, now: datetime) -> None:
    session.exec(update(PressRow).where(col(PressRow.id) == press_id).values(shown_at=now))


def card_at(session: Session, district_code: str, receipt: str) -> Card | None:
    """Return the card with a receipt of the chat platform, or None if it is not ours."""
    row = session.exec(
        select(NoticeRow)
        .where(NoticeRow.receipt == receipt)
        .where(NoticeRow.district_code == district_code)
    ).first()
    if row is None:
        return None
    return value_of(Card, row, {"references": reminders.references_on(session, stored_id(row))})


def _kept(row: PressRow) -> Kept:
    return value_of(Kept, row, {"id": stored_id(row), "press": Press.model_validate(row.payload)})
