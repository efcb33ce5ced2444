"""The tables of users and their sign-ins: columns only. No password and no token is stored."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from junheng.store.column_types import instant


class UserRow(SQLModel, table=True):
    """A user, possibly removed: a name is never reused, so that history names one person."""

    __tablename__ = "user_account"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    password_hash: str
    created_at: datetime = instant()
    # When the password was last set; renewing the hash of the same password does not count.
    changed_at: datetime = instant()
    removed_at: datetime | None = instant(nullable=True)


class SignInRow(SQLModel, table=True):
    """One sign-in of a browser: valid until it expires or is revoked."""

    __tablename__ = "sign_in_session"

    id: int | None = Field(default=None, primary_key=True)
    # The SHA-256 of the token: a copy of this table is not enough to sign in.
    token_hash: str = Field(unique=True)
    name: str = Field(index=True)
    address: str
    created_at: datetime = instant()
    expires_at: datetime = instant()
    revoked_at: datetime | None = instant(nullable=True)


class SignInLinkRow(SQLModel, table=True):
    """A link that may be used once to choose a password."""

    __tablename__ = "sign_in_link"

    id: int | None = Field(default=None, primary_key=True)
    token_hash: str = Field(unique=True)
    # The user whose password it sets; '' for the first user.
    for_name: str
    made_at: datetime = instant()
    expires_at: datetime = instant()
    used_at: datetime | None = instant(nullable=True)


class SignInFailureRow(SQLModel, table=True):
    """One failed sign-in, with the name as typed."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (Index("ix_sign_in_failure_at", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    address: str
    name: str
    at: datetime = instant()


class ImportedUsersRow(SQLModel, table=True):
    """An imported users file, by the SHA-256 of its content: it is not imported again."""

    __tablename__ = "imported_users"

    id: int | None = Field(default=None, primary_key=True)
    digest: str = Field(unique=True)
    imported_at: datetime = instant()
