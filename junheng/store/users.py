"""Queries on users and the hashes of their passwords."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session, col, select, update

from junheng.store import sign_ins
from junheng.store.rows import add_once, value_of
from junheng.store.tables.users import ImportedUsersRow, UserRow


@dataclass(frozen=True, slots=True)
class User:
    """A user who may sign in."""

    name: str
    password_hash: str = field(repr=False)


def names(session: Session) -> tuple[str, ...]:
    """Return the names of the active users, in the order in which they were added."""
    active = select(UserRow.name).where(col(UserRow.removed_at).is_(None))
    return tuple(session.exec(active.order_by(col(UserRow.id))))


def ever(session: Session) -> frozenset[str]:
    """Return the names of all users, including removed ones."""
    return frozenset(session.exec(select(UserRow.name)))


def named(session: Session, name: str) -> User | None:
    """Return the active user with a name, or None."""
    row = session.exec(
        select(UserRow).where(UserRow.name == name).where(col(UserRow.removed_at).is_(None))
    ).first()
    return None if row is None else value_of(User, row)


def put(session: Session, name: str, password_hash: str, *, now: datetime) -> None:
    """Add a user or replace the password, and revoke the user's sign-ins."""
    row = UserRow(name=name, password_hash=password_hash, created_at=now, changed_at=now)
    if not add_once(session, row):
        session.exec(
            update(UserRow)
            .where(col(UserRow.name) == name)
            .values(password_hash=password_hash, changed_at=now, removed_at=None)
        )
    sign_ins.revoke_all_of(session, name, now=now)


def remove(session: Session, name: str, *, now: datetime) -> bool:
    """Remove a user and revoke the sign-ins; return False if there is no active user."""
    removed = session.exec(
        update(UserRow)
        .where(col(UserRow.name) == name)
        .where(col(UserRow.removed_at).is_(None))
        .values(removed_at=now)
    )
    sign_ins.revoke_all_of(session, name, now=now)
    return removed.rowcount == 1


def is_unchanged(session: Session, user: User) -> bool:
    """Return whether a user is unchanged since it was read; lock the row for this transaction."""
    row = session.exec(
        select(UserRow.id)
        .where(UserRow.name == user.name)
        .where(UserRow.password_hash == user.password_hash)
        .where(col(UserRow.removed_at).is_(None))
        .with_for_update()
    ).first()
    return row is not None


def renew(session: Session, user: User, *, password_hash: str) -> None:
    """Replace the hash of the same password, unless the password was changed meanwhile."""
    session.exec(
        update(UserRow)
        .where(col(UserRow.name) == user.name)
        .where(col(UserRow.password_hash) == user.password_hash)
        .values(password_hash=password_hash)
    )


def is_imported(session: Session, digest: str) -> bool:
    """Return whether a users file with this digest was imported before."""
    found = select(ImportedUsersRow.id).where(ImportedUsersRow.digest == digest)
    return session.exec(found).first() is not None


def import_all(
    session: Session, hashes: Mapping[str, str], *, digest: str, now: datetime
) -> tuple[str, ...]:
    """Add the users of a file, once for each digest, and return the new names.

    An existing row is not changed: a removed user stays removed.
    """
    if not add_once(session, ImportedUsersRow(digest=digest, imported_at=now)):
        return ()
    return tuple(
        name
        for name, password_hash in hashes.items()
        if add_once(
            session,
            UserRow(name=name, password_hash=password_hash, created_at=now, changed_at=now),
        )
    )
