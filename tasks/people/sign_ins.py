"""Sign-ins: exchange a password for a token valid for 12 hours, or set a password by a link."""

import hashlib
import secrets
from datetime import datetime, timedelta

from junheng import bootstrap
from junheng.adapters import passwords
from junheng.store import sign_ins
from junheng.store import users as store
from junheng.store.sign_ins import FIRST_USER, SignIn
from junheng.store.users import User
from tasks.people import users
from tasks.people.users import UserRefused

VALID_FOR = timedelta(hours=12)
FIRST_USER_PAGE = "/first-user"
LINK_VALID_FOR = timedelta(minutes=15)
# Retention of ended sign-ins and of failed attempts.
KEPT_FOR = timedelta(days=90)
LONGEST_NAME_KEPT = 100
# A password that another request changes during its verification is verified again.
MOST_VERIFICATIONS = 3


def sign_in(name: str, password: str, *, address: str, now: datetime) -> str | None:
    """Return a token if the password of the user is right, else None."""
    for _ in range(MOST_VERIFICATIONS):
        user = _verified_user(name, password, address=address, now=now)
        if user is None:
            return None
        if (token := _start_sign_in(user, address=address, now=now)) is not None:
            return token
    return None


def name_of(token: str, *, now: datetime) -> str | None:
    """Return the name of the user signed in by a token; None if the token is not valid."""
    with bootstrap.reading_session() as session:
        return sign_ins.name_of(session, _hash(token), now=now)


def sign_out(token: str, *, now: datetime) -> None:
    with bootstrap.users_session() as session:
        sign_ins.revoke(session, _hash(token), now=now)


def first_user_url(base: str, *, now: datetime) -> str:
    """Return the URL of a page that creates the first user; raises as `issue_link_token`."""
    return f"{base.rstrip('/')}{FIRST_USER_PAGE}/{issue_link_token(now=now)}"


def issue_link_token(*, now: datetime, for_name: str = FIRST_USER) -> str:
    """Return the token of a link to set a user's password: valid once, and for 15 minutes only.

    Without a name, the link creates the first user; then UserRefused is raised if a user exists.
    """
    token = secrets.token_urlsafe(32)
    with bootstrap.users_session() as session:
        if for_name == FIRST_USER and store.names(session):
            raise UserRefused(users.wording().not_first)
        sign_ins.add_link(
            session, _hash(token), for_name=for_name, now=now, expires_at=now + LINK_VALID_FOR
        )
    return token


def is_link_valid(token: str, *, now: datetime) -> bool:
    """Return whether a link is valid. If a user exists, links for the first user are invalid."""
    with bootstrap.reading_session() as session:
        for_name = sign_ins.user_of_link(session, _hash(token), now=now)
        return for_name is not None and not (for_name == FIRST_USER and store.names(session))


def use_link(token: str, *, name: str, password: str, address: str, now: datetime) -> str:
    """Set a password by a link, sign in the user, and return the token of the sign-in.

    Raises:
        UserRefused: the link, the name or the password is not valid.

    """
    user_name = users.checked(name, password)
    if not is_link_valid(token, now=now):
        raise UserRefused(users.wording().link_invalid)
    user = User(user_name, passwords.hashed(password))
    with bootstrap.users_session() as session:
        for_name = sign_ins.user_of_link(session, _hash(token), now=now)
        is_first_user = for_name == FIRST_USER and not store.names(session)
        is_for_user = for_name == user_name or is_first_user
        if not is_for_user or not sign_ins.use_link(session, _hash(token), now=now):
            raise UserRefused(users.wording().link_invalid)
        store.put(session, user_name, user.password_hash, now=now)
    return _start_sign_in(user, address=address, now=now) or ""


def _verified_user(name: str, password: str, *, address: str, now: datetime) -> User | None:
    """Return the user if name and password are right; else record a failed sign-in.

    The password is hashed outside any transaction, because hashing is slow.
    """
    user = _user_named(name)
    password_hash = None if user is None else user.password_hash
    if passwords.matches(password_hash, password) and user is not None:
        return _with_current_hash(user, password)
    printable_name = "".join(
        character if character.isprintable() else "\ufffd" for character in name
    )
    with bootstrap.users_session() as session:
        sign_ins.note_failure(
            session, address=address, name=printable_name[:LONGEST_NAME_KEPT], now=now
        )
    return None


def _user_named(name: str) -> User | None:
    if not users.is_name(name):
        return None
    with bootstrap.reading_session() as session:
        return store.named(session, name)


def _with_current_hash(user: User, password: str) -> User:
    """Return the user; if its hash is outdated, store a new hash of the password first."""
    if not passwords.is_outdated(user.password_hash):
        return user
    password_hash = passwords.hashed(password)
    with bootstrap.users_session() as session:
        store.renew(session, user, password_hash=password_hash)
    return User(user.name, password_hash)


def _start_sign_in(user: User, *, address: str, now: datetime) -> str | None:
    """Store a sign-in and return its token; None if the password was changed meanwhile."""
    token = secrets.token_urlsafe(32)
    with bootstrap.users_session() as session:
        if not store.is_unchanged(session, user):
            return None
        new = SignIn(user.name, address, created_at=now, expires_at=now + VALID_FOR)
        sign_ins.add(session, _hash(token), new)
        sign_ins.drop_old(session, before=now - KEPT_FOR)
    return token


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
