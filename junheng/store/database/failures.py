"""What is said when a database cannot be used: which one, why, and what to do; no password ever."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError

from junheng import wording
from junheng.refusals import Transient

SUPPORTED = ("sqlite", "postgresql")


class Trouble(StrEnum):
    """Why a database cannot be used; config/wording/database.yaml says it."""

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


# What SQLite, PostgreSQL and its driver say; the first that fits holds.
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
# SQLite says the one, PostgreSQL what its system says.
DISK_FULL = tuple(sign for sign, trouble in SIGNS.items() if trouble is Trouble.DISK_FULL)


class DatabaseTooNew(Exception):
    """We cannot migrate the tables, because a newer version of the program made them."""


class DatabaseUnusable(Transient):
    """We cannot work, because the database cannot be reached, opened or read."""


def parsed(address: str) -> URL:
    """Return a database's address in its parts; raises DatabaseUnusable."""
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        # What could not be read may hold a password: neither it nor the complaint is shown.
        raise DatabaseUnusable(wording.packaged().database.not_an_address) from None
    if url.get_backend_name() not in SUPPORTED:
        raise DatabaseUnusable(wording.packaged().database.not_an_address)
    # The driver we bring, not the one that SQLAlchemy would look for.
    is_bare = url.drivername == "postgresql"
    return url.set(drivername="postgresql+psycopg") if is_bare else url


@contextmanager
def said_clearly(url: URL) -> Iterator[None]:
    """Turn a failure of the database itself into DatabaseUnusable; a wrong query stays a bug."""
    try:
        yield
    except DatabaseTooNew as error:
        too_new = wording.packaged().database.too_new
        raise DatabaseUnusable(too_new.format(place=_place(url))) from error
    except OperationalError as error:
        raise _unusable(_unanswered(url, error), url, error) from error
    except DatabaseError as error:
        # Its subclasses are mistakes of ours; it alone says that a file is no database.
        if type(error) is not DatabaseError:
            raise
        raise _unusable(wording.packaged().database.damaged, url, error) from error


def _unanswered(url: URL, error: OperationalError) -> str:
    says = wording.packaged().database
    if any(sign in str(error.orig) for sign in DISK_FULL):
        return says.full
    return says.not_opened if url.get_backend_name() == "sqlite" else says.no_answer


def _unusable(said: str, url: URL, error: DatabaseError) -> DatabaseUnusable:
    reason = _in_chinese(str(error.orig))
    for secret in (url.password, url.query.get("password")):
        reason = reason.replace(str(secret), "***") if secret else reason
    return DatabaseUnusable(said.format(place=_place(url), reason=reason))


def _in_chinese(said: str) -> str:
    """Return what a database says as people say it; what is not known stays as it stands."""
    trouble = _trouble(said)
    if trouble is None:
        return next(iter(said.splitlines()), "")
    return wording.packaged().database.reasons[trouble]


def _trouble(said: str) -> Trouble | None:
    return next((trouble for sign, trouble in SIGNS.items() if sign in said), None)


def _place(url: URL) -> str:
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    host = url.host or url.query.get("host") or "localhost"
    return f"{host}:{url.port or 5432}/{url.database or ''}"
