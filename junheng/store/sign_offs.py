"""Queries on sign-offs: requests to the office to hand over drafts, and their answers."""

from typing import Any

from sqlmodel import Session, col, select

from junheng.domain.ledger import sign_offs
from junheng.domain.ledger.sign_offs import SignOff
from junheng.store.rows import columns_of, value_of
from junheng.store.tables.ledger import SignOffRow


class UnknownSignOff(LookupError):
    """We cannot find a sign-off, because the district has none with that number."""


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


def add(session: Session, district_code: str, sign_off: SignOff) -> None:
    """Insert a sign-off; its number is unique, and so is the count of requests for its drafts."""
    content = sign_offs.content_of(sign_off.drafts)
    before = session.exec(
        select(SignOffRow.id)
        .where(SignOffRow.district_code == district_code)
        .where(col(SignOffRow.key).startswith(content))
    ).all()
    key = f"{content}:{len(before) + 1}"
    session.add(SignOffRow(**_values(sign_off), district_code=district_code, key=key))
    session.flush()


def change(session: Session, district_code: str, after: SignOff) -> None:
    """Write the new state of a sign-off."""
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


def _values(sign_off: SignOff) -> dict[str, Any]:
    return columns_of(sign_off) | {"left_out": dict(sign_off.left_out)}


def _sign_off(row: SignOffRow) -> SignOff:
    drafts = tuple((reference, cycle) for reference, cycle in row.drafts)
    return value_of(SignOff, row, {"drafts": drafts})
