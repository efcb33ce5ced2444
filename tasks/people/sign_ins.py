"""Sign-in: a password yields a token that is valid for 12 hours; links set passwords."""

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
# Retention of ended sign-ins and of failed ones.
KEPT_FOR = timedelta(days=90)
LONGEST_NAME_KEPT = 100
# If the password was changed while it was verified, it is verified again.
TRIES = 3


def sign_in(name: str, password: str, *, address: str, now: datetime) -> str | None:
    """Return a token if the password of the user is right, else None."""
    for _ in range(TRIES):
        user = _verified(name, password, address=address, now=now)
        if user is None:
            return None
        if (token := _begun(user, address=address, now=now)) is not None:
            return token
    return None


def admits(name: str, password: str, *, address: str, now: datetime) -> bool:
    """Return whether a password is right, without a sign-in: for a single request (HTTP Basic)."""
    return _verified(name, password, address=address, now=now) is not None


def name_of(token: str, *, now: datetime) -> str | None:
    """Return the name of the user signed in by a token; None if it is not valid."""
    with bootstrap.reading_session() as session:
        return sign_ins.name_of(session, _hash(token), now=now)


def sign_out(token: str, *, now: datetime) -> None:
    with bootstrap.users_session() as session:
        sign_ins.revoke(session, _hash(token), now=now)


def link(base: str, *, now: datetime) -> str:
    """Return the URL of a link to create the first user; raises the errors of `make_link`."""
    return f"{base.rstrip('/')}{FIRST_USER_PAGE}/{make_link(now=now)}"


def make_link(*, now: datetime, for_name: str = FIRST_USER) -> str:
    """Return the token of a link to set a user's password: valid once and for 15 minutes.

    Without a name, the link creates the first user; raises UserRefused if a user exists.
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
    """Return whether a link is valid; a link for the first user is not if a user exists."""
    with bootstrap.reading_session() as session:
        for_name = sign_ins.user_of_link(session, _hash(token), now=now)
        return for_name is not None and not (for_name == FIRST_USER and store.names(session))


def use_link(token: str, *, name: str, password: str, address: str, now: datetime) -> str:
    """Set a password by a link, sign the user in, and return the token of the sign-in.

    Raises:
        UserRefused: the link, the name or the password is not valid.

    """
    called = users.checked(name, password)
    if not is_link_valid(token, now=now):
        raise UserRefused(users.wording().link_invalid)
    user = User(called, passwords.hashed(password))
    with bootstrap.users_session() as session:
        for_name = sign_ins.user_of_link(session, _hash(token), now=now)
        is_for_them = for_name == called or (for_name == FIRST_USER and not store.names(session))
        if not is_for_them or not sign_ins.use_link(session, _hash(token), now=now):
            raise UserRefused(users.wording().link_invalid)
        store.put(session, called, user.password_hash, now=now)
    return _begun(user, address=address, now=now) or ""


def _verified(name: str, password: str, *, address: str, now: datetime) -> User | None:
    """Return the user of a name and password, or record a failure.

    The slow hashing happens outside of any transaction.
    """
    user = _named(name)
    password_hash = None if user is None else user.password_hash
    if passwords.is_of(password_hash, password) and user is not None:
        return _renewed(user, password)
    shown = "".join(character if character.isprintable() else "\ufffd" for character in name)
    with bootstrap.users_session() as session:
        sign_ins.note_failure(session, address=address, name=shown[:LONGEST_NAME_KEPT], now=now)
    return None


def _named(name: str) -> User | None:
    if not users.is_name(name):
        return None
    with bootstrap.reading_session() as session:
        return store.named(session, name)


def _renewed(user: User, password: str) -> User:
    """Return the user, with the password hashed again if the algorithm is outdated."""
    if not passwords.is_outdated(user.password_hash):
        return user
    password_hash = passwords.hashed(password)
    with bootstrap.users_session() as session:
        store.renew(session, user, password_hash=password_hash)
    return User(user.name, password_hash)


def _begun(user: User, *, address: str, now: datetime) -> str | None:
    """Return the token of a new sign-in; None if the password was changed meanwhile."""
    token = secrets.token_urlsafe(32)
    with bootstrap.users_session() as session:
        if not store.is_unchanged(session, user):
            return None
        begun = SignIn(user.name, address, created_at=now, expires_at=now + VALID_FOR)
        sign_ins.add(session, _hash(token), begun)
        sign_ins.drop_old(session, before=now - KEPT_FOR)
    return token


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
