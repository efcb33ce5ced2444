"""Queries on sign-ins, on links that set a password, and on failed sign-ins.

A token is looked up by its SHA-256, so the duration of the look-up reveals nothing of the token.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection
from sqlmodel import Session, col, delete, select, update

from junheng.store.rows import columns_of, value_of
from junheng.store.tables.users import SignInFailureRow, SignInLinkRow, SignInRow

FIRST_USER = ""


@dataclass(frozen=True, slots=True)
class SignIn:
    """A valid sign-in."""

    name: str
    address: str
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Failure:
    """A failed sign-in, with the name as typed."""

    at: datetime
    address: str
    name: str


def add(session: Session, token_hash: str, sign_in: SignIn) -> None:
    session.add(SignInRow(token_hash=token_hash, **columns_of(sign_in)))


def name_of(session: Session, token_hash: str, *, now: datetime) -> str | None:
    """Return the name of the user signed in by a token; None if it is not valid."""
    return session.exec(
        select(SignInRow.name)
        .where(SignInRow.token_hash == token_hash)
        .where(col(SignInRow.revoked_at).is_(None))
        .where(col(SignInRow.expires_at) > now)
    ).first()


def valid(session: Session, *, now: datetime) -> tuple[SignIn, ...]:
    """Return the valid sign-ins, oldest first."""
    rows = session.exec(
        select(SignInRow)
        .where(col(SignInRow.revoked_at).is_(None))
        .where(col(SignInRow.expires_at) > now)
        .order_by(col(SignInRow.id))
    )
    return tuple(value_of(SignIn, row) for row in rows)


def revoke(session: Session, token_hash: str, *, now: datetime) -> None:
    session.exec(
        update(SignInRow)
        .where(col(SignInRow.token_hash) == token_hash)
        .where(col(SignInRow.revoked_at).is_(None))
        .values(revoked_at=now)
    )


def revoke_all_of(session: Session, name: str, *, now: datetime) -> int:
    """Revoke every sign-in of a user; return how many were valid."""
    revoked = session.exec(
        update(SignInRow)
        .where(col(SignInRow.name) == name)
        .where(col(SignInRow.revoked_at).is_(None))
        .where(col(SignInRow.expires_at) > now)
        .values(revoked_at=now)
    )
    return int(revoked.rowcount)


def end_everything(connection: Connection, *, now: datetime) -> None:
    """End every sign-in and every link of a database."""
    table = SignInRow
    connection.execute(update(table).where(col(table.revoked_at).is_(None)).values(revoked_at=now))
    connection.execute(
        update(SignInLinkRow).where(col(SignInLinkRow.used_at).is_(None)).values(used_at=now)
    )


def add_link(
    session: Session, token_hash: str, *, for_name: str, now: datetime, expires_at: datetime
) -> None:
    session.add(
        SignInLinkRow(token_hash=token_hash, for_name=for_name, made_at=now, expires_at=expires_at)
    )


def user_of_link(session: Session, token_hash: str, *, now: datetime) -> str | None:
    """Return the name of the user whose password a link sets; None if it is not valid."""
    return session.exec(
        select(SignInLinkRow.for_name)
        .where(SignInLinkRow.token_hash == token_hash)
        .where(col(SignInLinkRow.used_at).is_(None))
        .where(col(SignInLinkRow.expires_at) > now)
    ).first()


def use_link(session: Session, token_hash: str, *, now: datetime) -> bool:
    """Use up a link and all others of the same user; return False if it is not valid.

    The rows are locked before they are changed: if two links are used at once, one succeeds.
    """
    for_name = user_of_link(session, token_hash, now=now)
    unused = session.exec(
        select(SignInLinkRow)
        .where(SignInLinkRow.for_name == for_name)
        .where(col(SignInLinkRow.used_at).is_(None))
        .order_by(col(SignInLinkRow.id))
        .with_for_update()
    ).all()
    if token_hash not in {row.token_hash for row in unused}:
        return False
    for row in unused:
        row.used_at = now
        session.add(row)
    return True


def note_failure(session: Session, *, address: str, name: str, now: datetime) -> None:
    session.add(SignInFailureRow(address=address, name=name, at=now))


def failures(session: Session) -> tuple[Failure, ...]:
    """Return the failed sign-ins, newest last."""
    rows = session.exec(select(SignInFailureRow).order_by(col(SignInFailureRow.id))).all()
    return tuple(value_of(Failure, row) for row in rows)


def drop_old(session: Session, *, before: datetime) -> None:
    """Delete sign-ins and links that expired before an instant, and older failures."""
    session.exec(delete(SignInRow).where(col(SignInRow.expires_at) < before))
    session.exec(delete(SignInLinkRow).where(col(SignInLinkRow.expires_at) < before))
    session.exec(delete(SignInFailureRow).where(col(SignInFailureRow.at) < before))
