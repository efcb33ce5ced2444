"""Errors of an unusable database: which one, why, and what to do; never with a password."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError

from junheng import wording
from junheng.refusals import Transient

SUPPORTED = ("sqlite", "postgresql")


class Trouble(StrEnum):
    """Why a database cannot be used; the texts are in config/wording/database.yaml."""

    WRONG_LOGIN = "wrong_login"
    REFUSED = "refused"
    NO_SOCKET = "no_socket"
    STARTING = "starting"
    STOPPING = "stopping"
    DISCONNECTED = "disconnected"
    BROKEN_OFF = "broken_off"
    TIMED_OUT = "timed_out"
    HOST_UNKNOWN = "host_unknown"
    TOO_MANY_CLIENTS = "too_many_clients"
    DOES_NOT_EXIST = "does_not_exist"
    DISK_FULL = "disk_full"
    LOCKED = "locked"
    READ_ONLY = "read_only"
    NOT_OPENED = "not_opened"
    DISK_BROKEN = "disk_broken"
    NO_DATABASE = "no_database"
    MALFORMED = "malformed"


# Fragments of the messages of SQLite, PostgreSQL and its driver; the first match counts.
SIGNS = {
    "password authentication failed": Trouble.WRONG_LOGIN,
    "Connection refused": Trouble.REFUSED,
    "No such file or directory": Trouble.NO_SOCKET,
    "the database system is starting up": Trouble.STARTING,
    "the database system is shutting down": Trouble.STOPPING,
    "terminating connection": Trouble.DISCONNECTED,
    "server closed the connection": Trouble.BROKEN_OFF,
    "timeout expired": Trouble.TIMED_OUT,
    "resolve host": Trouble.HOST_UNKNOWN,
    "translate host name": Trouble.HOST_UNKNOWN,
    "too many clients": Trouble.TOO_MANY_CLIENTS,
    "does not exist": Trouble.DOES_NOT_EXIST,
    "disk is full": Trouble.DISK_FULL,
    "No space left on device": Trouble.DISK_FULL,
    "database is locked": Trouble.LOCKED,
    "readonly database": Trouble.READ_ONLY,
    "unable to open database file": Trouble.NOT_OPENED,
    "disk I/O error": Trouble.DISK_BROKEN,
    "file is not a database": Trouble.NO_DATABASE,
    "malformed": Trouble.MALFORMED,
}
# SQLite and PostgreSQL have different messages for a full disk.
DISK_FULL = tuple(sign for sign, trouble in SIGNS.items() if trouble is Trouble.DISK_FULL)


class DatabaseTooNew(Exception):
    """We cannot migrate the tables, because a newer version of the program made them."""


class DatabaseUnusable(Transient):
    """We cannot work, because the database cannot be reached, opened or read."""


def parsed(address: str) -> URL:
    """Parse the address of a database; raises DatabaseUnusable."""
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        # An invalid address may contain a password: neither it nor the parser's error is shown.
        raise DatabaseUnusable(wording.packaged().database.not_an_address) from None
    if url.get_backend_name() not in SUPPORTED:
        raise DatabaseUnusable(wording.packaged().database.not_an_address)
    # psycopg 3 is a dependency of ours; SQLAlchemy's default is psycopg2.
    is_bare = url.drivername == "postgresql"
    return url.set(drivername="postgresql+psycopg") if is_bare else url


@contextmanager
def said_clearly(url: URL) -> Iterator[None]:
    """Convert a failure of the database into DatabaseUnusable; an invalid query stays a bug."""
    try:
        yield
    except DatabaseTooNew as error:
        too_new = wording.packaged().database.too_new
        raise DatabaseUnusable(too_new.format(place=_place(url))) from error
    except OperationalError as error:
        raise _unusable(_unanswered(url, error), url, error) from error
    except DatabaseError as error:
        # Its subclasses are bugs of ours; the class itself means that the file is not a database.
        if type(error) is not DatabaseError:
            raise
        raise _unusable(wording.packaged().database.damaged, url, error) from error


def _unanswered(url: URL, error: OperationalError) -> str:
    says = wording.packaged().database
    if any(sign in str(error.orig) for sign in DISK_FULL):
        return says.full
    return says.not_opened if url.get_backend_name() == "sqlite" else says.no_answer


def _unusable(sentence: str, url: URL, error: DatabaseError) -> DatabaseUnusable:
    reason = _in_chinese(str(error.orig))
    for secret in (url.password, url.query.get("password")):
        reason = reason.replace(str(secret), "***") if secret else reason
    return DatabaseUnusable(sentence.format(place=_place(url), reason=reason))


def _in_chinese(message: str) -> str:
    """Translate a message of the database; an unknown one is returned unchanged."""
    trouble = _trouble(message)
    if trouble is None:
        return next(iter(message.splitlines()), "")
    return wording.packaged().database.reasons[trouble]


def _trouble(message: str) -> Trouble | None:
    return next((trouble for sign, trouble in SIGNS.items() if sign in message), None)


def _place(url: URL) -> str:
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    host = url.host or url.query.get("host") or "localhost"
    return f"{host}:{url.port or 5432}/{url.database or ''}"
