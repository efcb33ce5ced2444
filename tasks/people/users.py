"""Users. Removing a user or changing a password revokes the user's sign-ins at once."""

from datetime import datetime

from junheng import bootstrap
from junheng.adapters import legacy_users_file as old_file
from junheng.adapters import passwords
from junheng.domain.office_days import OFFICE_ZONE
from junheng.refusals import Refusal
from junheng.store import sign_ins
from junheng.store import users as store
from junheng.store.database import database
from junheng.store.sign_ins import Failure, SignIn
from junheng.wording.operations.guard import UserWords

SHORTEST_PASSWORD = 8
LONGEST_NAME = 30


class UserRefused(Refusal):
    """We cannot keep or remove a user, because the name, the password or the link is not valid."""


def wording() -> UserWords:
    """Return the sentences about users."""
    return bootstrap.rulebook().wording.guard.users


def checked(name: str, password: str) -> str:
    """Return the name as stored; raises UserRefused if the name or the password is not valid."""
    called = name.strip()
    if not is_name(called):
        raise UserRefused(wording().bad_name.format(most=LONGEST_NAME))
    if len(password) < SHORTEST_PASSWORD:
        raise UserRefused(wording().short_password.format(least=SHORTEST_PASSWORD))
    return called


def is_name(text: str) -> bool:
    """Return whether a name is valid: without a colon, which ends the name in HTTP Basic."""
    return 0 < len(text) <= LONGEST_NAME and ":" not in text and text.isprintable()


def add(name: str, password: str, *, now: datetime) -> str:
    """Add a user, or replace the password of one; return the name as stored.

    Raises:
        UserRefused: the name or the password is not valid.

    """
    called = checked(name, password)
    password_hash = passwords.hashed(password)
    with bootstrap.users_session() as session:
        store.put(session, called, password_hash, now=now)
    return called


def remove(name: str, *, now: datetime) -> None:
    """Remove a user; raises UserRefused for an unknown name."""
    with bootstrap.users_session() as session:
        if not store.remove(session, name.strip(), now=now):
            raise UserRefused(wording().unknown.format(name=name))


def sign_out(name: str, *, now: datetime) -> int:
    """Revoke every sign-in of a user and return the count; raises UserRefused if unknown."""
    with bootstrap.users_session() as session:
        if store.named(session, name.strip()) is None:
            raise UserRefused(wording().unknown.format(name=name))
        return sign_ins.revoke_all_of(session, name.strip(), now=now)


def names() -> tuple[str, ...]:
    """Return the names of the active users."""
    with bootstrap.reading_session() as session:
        return store.names(session)


def expected() -> tuple[str, ...]:
    """Return the names of the users after the next start, without migrating or importing."""
    waiting = old_file.read(bootstrap.settings().users_file)
    if database.revision_at(bootstrap.settings().database) != database.head():
        return tuple(waiting.hashes)
    with bootstrap.reading_session() as session:
        if store.is_imported(session, waiting.digest):
            return store.names(session)
        ever = store.ever(session)
        return (*store.names(session), *(name for name in waiting.hashes if name not in ever))


def valid_sign_ins(name: str | None = None, *, now: datetime) -> tuple[SignIn, ...]:
    """Return the valid sign-ins of one user or of all."""
    with bootstrap.reading_session() as session:
        found = sign_ins.valid(session, now=now)
    return tuple(sign_in for sign_in in found if name is None or sign_in.name == name.strip())


def failures() -> tuple[Failure, ...]:
    """Return the failed sign-ins of the last 90 days, newest last."""
    with bootstrap.reading_session() as session:
        return sign_ins.failures(session)


def sentence_of(failure: Failure) -> str:
    """Return a failed sign-in as a Chinese line."""
    at = f"{failure.at.astimezone(OFFICE_ZONE):%Y-%m-%d %H:%M}"
    return wording().failure.format(at=at, address=failure.address, name=failure.name)


def sentence(sign_in: SignIn) -> str:
    """Return a sign-in as a Chinese line."""
    since, until = (
        f"{moment.astimezone(OFFICE_ZONE):%Y-%m-%d %H:%M}"
        for moment in (sign_in.created_at, sign_in.expires_at)
    )
    line = wording().session
    return line.format(name=sign_in.name, address=sign_in.address, since=since, until=until)


def import_file(*, now: datetime) -> str | None:
    """Import the users file of an older version once; return a sentence if it was imported now.

    The rows and the record of the import are one transaction; the file is renamed afterwards. If
    the process is killed in between, the next call only renames the file.

    Raises:
        UsersUnusable: the file is unreadable, accessible to other users, or not valid.

    """
    path = bootstrap.settings().users_file
    read = old_file.read(path)
    if not read.digest:
        return None
    with bootstrap.users_session() as session:
        is_new = not store.is_imported(session, read.digest)
        added = store.import_all(session, read.hashes, digest=read.digest, now=now)
    old_file.set_aside(path)
    if not is_new:
        return None
    kept = path if path.exists() else old_file.set_aside_path(path)
    return wording().imported.format(count=len(added), path=path, kept=kept)
