"""Error messages of an unusable database: in Chinese, without the driver's English."""

from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from junheng.store.database import database, failures
from junheng.store.database.failures import DatabaseUnusable

# Messages of the installed versions of the drivers.
REFUSED = 'connection to server at "127.0.0.1", port 9 failed: Connection refused\n\tIs the server'


def sentence_of(message: str, address: str = "postgresql://office:geheim@db/junheng") -> str:
    driver = RuntimeError(message)
    with (
        pytest.raises(DatabaseUnusable) as refused,
        failures.said_clearly(failures.parsed(address)),
    ):
        raise OperationalError("SELECT 1", {}, driver)
    return str(refused.value)


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (REFUSED, "没有应答，多半没有启动，或者端口不对"),
        ('FATAL:  password authentication failed for user "office"', "用户名或者密码不对"),
        ("FATAL:  the database system is starting up", "正在启动"),
        ("server closed the connection unexpectedly", "连接断开了"),
        ('could not translate host name "db" to address', "找不到这台主机"),
    ],
)
def test_messages_of_postgresql_are_translated(message: str, reason: str) -> None:
    assert sentence_of(message).startswith(f"连不上数据库 db:5432/junheng（{reason}）；")


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("database is locked", "正被别的程序占用"),
        ("attempt to write a readonly database", "没有写入的权限，或者磁盘是只读的"),
        ("disk I/O error", "磁盘读写出错"),
    ],
)
def test_messages_of_sqlite_are_translated(message: str, reason: str) -> None:
    sentence = sentence_of(message, "sqlite:////srv/junheng.db")

    assert sentence.startswith(f"数据库文件 /srv/junheng.db 现在不能读写（{reason}）；")


def test_an_unknown_message_is_quoted_without_the_password() -> None:
    sentence = sentence_of("something new about geheim\nand more")

    assert "（something new about ***）" in sentence


def test_a_file_that_is_not_a_database_is_named_in_chinese(tmp_path: Path) -> None:
    (tmp_path / "junheng.db").write_bytes(b"no database" * 1000)

    with (
        pytest.raises(DatabaseUnusable, match="已损坏") as refused,
        database.session(f"sqlite:///{tmp_path / 'junheng.db'}"),
    ):
        pass

    assert "junheng.db 已损坏，或不是数据库（内容不是数据库）；" in str(refused.value)
