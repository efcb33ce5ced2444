"""What is said when a database cannot be used: which one, why, and what to do; no password ever."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic.util import CommandError
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError

from junheng.refusals import Transient

SUPPORTED = ("sqlite", "postgresql")
NOT_AN_ADDRESS = (
    "JUNHENG_DATABASE_URL 不是可用的数据库地址；请写成 postgresql://用户名:密码@主机:端口/库名，"
    "或者不写，数据就存放在 JUNHENG_HOME 下"
)
NO_ANSWER = (
    "连不上数据库 {place}（{reason}）；"
    "请检查 JUNHENG_DATABASE_URL 中的主机、用户名和密码，以及 PostgreSQL 是否已经启动"
)
NO_FOLDER = "数据库文件夹 {place} 建不了（{reason}）；请检查 JUNHENG_DATABASE_URL 和文件夹的权限"
NOT_OPENED = "数据库文件 {place} 现在不能读写（{reason}）；请检查权限和磁盘空间，或稍后再试"
FULL = "磁盘已满，数据库 {place} 写不进去（{reason}）；请腾出空间后再试"
DAMAGED = (
    "数据库文件 {place} 已损坏，或不是数据库（{reason}）；"
    "请从备份恢复，或者把它移到别处，再重新收取各学年的报送"
)
TOO_NEW = "数据库 {place} 由较新版本的程序建立；请升级本程序，或从备份恢复"

# What SQLite, PostgreSQL and its driver say, and what people call it; the first that fits holds.
REASONS = {
    "password authentication failed": "用户名或者密码不对",
    "Connection refused": "没有应答，多半没有启动，或者端口不对",
    "No such file or directory": "没有应答，多半没有启动",
    "the database system is starting up": "正在启动",
    "the database system is shutting down": "正在停止",
    "terminating connection": "它正在停止，断开了连接",
    "server closed the connection": "连接断开了",
    "timeout expired": "等了太久没有应答",
    "resolve host": "找不到这台主机",
    "translate host name": "找不到这台主机",
    "too many clients": "连接已满",
    "does not exist": "没有这个数据库或者用户",
    "disk is full": "磁盘已满",
    "No space left on device": "磁盘已满",
    "database is locked": "正被别的程序占用",
    "readonly database": "没有写入的权限，或者磁盘是只读的",
    "unable to open database file": "打不开",
    "disk I/O error": "磁盘读写出错",
    "file is not a database": "内容不是数据库",
    "malformed": "内容已损坏",
}


class DatabaseUnusable(Transient):
    """We cannot work, because the database cannot be reached, opened or read."""


def parsed(address: str) -> URL:
    """Return a database's address in its parts; raises DatabaseUnusable."""
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        # What could not be read may hold a password: neither it nor the complaint is shown.
        raise DatabaseUnusable(NOT_AN_ADDRESS) from None
    if url.get_backend_name() not in SUPPORTED:
        raise DatabaseUnusable(NOT_AN_ADDRESS)
    # The driver we bring, not the one that SQLAlchemy would look for.
    is_bare = url.drivername == "postgresql"
    return url.set(drivername="postgresql+psycopg") if is_bare else url


@contextmanager
def said_clearly(url: URL) -> Iterator[None]:
    """Turn a failure of the database itself into DatabaseUnusable; a wrong query stays a bug."""
    try:
        yield
    except CommandError as error:
        raise DatabaseUnusable(TOO_NEW.format(place=_place(url))) from error
    except OperationalError as error:
        raise _unusable(_unanswered(url, error), url, error) from error
    except DatabaseError as error:
        # Its subclasses are mistakes of ours; it alone says that a file is no database.
        if type(error) is not DatabaseError:
            raise
        raise _unusable(DAMAGED, url, error) from error


def _unanswered(url: URL, error: OperationalError) -> str:
    # SQLite says the one, PostgreSQL what its system says.
    if any(full in str(error.orig) for full in ("disk is full", "No space left on device")):
        return FULL
    return NOT_OPENED if url.get_backend_name() == "sqlite" else NO_ANSWER


def _unusable(said: str, url: URL, error: DatabaseError) -> DatabaseUnusable:
    reason = _in_chinese(str(error.orig))
    for secret in (url.password, url.query.get("password")):
        reason = reason.replace(str(secret), "***") if secret else reason
    return DatabaseUnusable(said.format(place=_place(url), reason=reason))


def _in_chinese(said: str) -> str:
    """Return what a database says as people say it; what is not known stays as it stands."""
    known = (reason for sign, reason in REASONS.items() if sign in said)
    return next(known, next(iter(said.splitlines()), ""))


def _place(url: URL) -> str:
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    host = url.host or url.query.get("host") or "localhost"
    return f"{host}:{url.port or 5432}/{url.database or ''}"
