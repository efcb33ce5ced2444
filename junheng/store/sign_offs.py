"""Queries on sign-offs: what the office was asked to hand over, and what it answered."""

from typing import Any

from sqlmodel import Session, col, select

from junheng.domain.ledger import sign_offs
from junheng.domain.ledger.sign_offs import SignOff
from junheng.store.rows import columns_of, value_of
from junheng.store.tables.ledger import SignOffRow


class UnknownSignOff(LookupError):
    """We cannot find a sign-off, because the district has none of that number."""


def newest_first(session: Session, district_code: str) -> tuple[SignOff, ...]:
    """Return every sign-off of a district, the newest first."""
    rows = session.exec(
        select(SignOffRow)
        .where(SignOffRow.district_code == district_code)
        .order_by(col(SignOffRow.number).desc())
    )
    return tuple(map(_sign_off, rows))


def numbered(session: Session, district_code: str, number: int) -> SignOff:
    """Return the sign-off of a number; raises UnknownSignOff."""
    return _sign_off(_row(session, district_code, number))


def add(session: Session, district_code: str, one: SignOff) -> None:
    """Enter a new sign-off; its number, and which asking of its drafts it is, are unique."""
    content = sign_offs.content_of(one.drafts)
    before = session.exec(
        select(SignOffRow.id)
        .where(SignOffRow.district_code == district_code)
        .where(col(SignOffRow.key).startswith(content))
    ).all()
    key = f"{content}:{len(before) + 1}"
    session.add(SignOffRow(**_values(one), district_code=district_code, key=key))
    session.flush()


def change(session: Session, district_code: str, after: SignOff) -> None:
    """Write what became of a sign-off."""
    row = _row(session, district_code, after.number)
    for name, value in _values(after).items():
        setattr(row, name, value)
    session.add(row)
    session.flush()


def _row(session: Session, district_code: str, number: int) -> SignOffRow:
    row = session.exec(
        select(SignOffRow)
        .where(SignOffRow.district_code == district_code)
        .where(SignOffRow.number == number)
    ).first()
    if row is None:
        raise UnknownSignOff(number)
    return row


def _values(one: SignOff) -> dict[str, Any]:
    return columns_of(one) | {"left_out": dict(one.left_out)}


def _sign_off(row: SignOffRow) -> SignOff:
    drafts = tuple((reference, cycle) for reference, cycle in row.drafts)
    return value_of(SignOff, row, {"drafts": drafts})
