"""A home or a database that cannot be used: one line that says where and what to do."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from openpyxl import Workbook
from typer.testing import CliRunner

from app.cli.app import app
from junheng.store.database import database
from junheng.store.database.failures import DatabaseUnusable

KEPT_QUIET = "geheim"


def refused(*words: str) -> str:
    result = CliRunner().invoke(app, words or ("ledger", "--format", "csv"))

    assert result.exit_code == 2
    assert result.stdout == ""
    assert KEPT_QUIET not in result.stderr
    (line,) = result.stderr.strip().splitlines()
    return line


class TestHome:
    @pytest.mark.parametrize("inside", [".", "below"])
    @pytest.mark.parametrize(
        "words", [("ledger",), ("collect", "no-such-folder", "--year", "2025"), ("up",)]
    )
    def test_a_file_is_no_home(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inside: str, words: tuple[str, ...]
    ) -> None:
        (tmp_path / "file").write_text("")
        home = tmp_path / "file" / inside
        monkeypatch.setenv("JUNHENG_HOME", str(home))

        line = refused(*words)

        assert f"JUNHENG_HOME 指向 {home}" in line
        assert "是文件" in line


class TestAPlaceToWrite:
    @pytest.mark.parametrize("inside", [".", "below"])
    def test_a_file_is_no_folder_for_workbooks(self, tmp_path: Path, inside: str) -> None:
        (tmp_path / "file").write_text("")
        folder = tmp_path / "file" / inside

        line = refused("ledger", "--workbooks", str(folder))

        assert line.startswith(f"写不了 {folder}/整改台账_台儿庄区_")
        assert "它的上级是文件，不是文件夹；请换一个可以写入的文件夹" in line

    def test_a_folder_that_may_not_be_written_is_named(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def forbidden(_self: Workbook, filename: Path) -> None:
            raise PermissionError(13, "Permission denied", str(filename))

        # Who runs as root may write everywhere.
        monkeypatch.setattr(Workbook, "save", forbidden)

        assert "没有权限写入" in refused("ledger", "--workbooks", str(tmp_path))


class TestDatabaseUrl:
    @pytest.mark.parametrize(
        "url",
        [
            "garbage",
            f"postgresql://office:{KEPT_QUIET}@host:port/junheng",
            f"postgres://office:{KEPT_QUIET}@host/junheng",
            f"mysql://office:{KEPT_QUIET}@host/junheng",
        ],
    )
    def test_what_is_no_address_of_ours_is_refused_and_not_repeated(
        self, monkeypatch: pytest.MonkeyPatch, url: str
    ) -> None:
        monkeypatch.setenv("JUNHENG_DATABASE_URL", url)

        line = refused()

        assert "JUNHENG_DATABASE_URL" in line
        assert "postgresql://用户名:密码@主机:端口/库名" in line

    def test_a_postgresql_that_does_not_answer_is_named_without_its_password(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        url = f"postgresql://office:{KEPT_QUIET}@127.0.0.1:1/junheng"
        monkeypatch.setenv("JUNHENG_DATABASE_URL", url)

        line = refused()

        assert "连不上数据库 127.0.0.1:1/junheng" in line
        assert "PostgreSQL 是否已经启动" in line


@pytest.mark.sqlite_file
class TestDamagedDatabase:
    def test_a_file_that_is_no_database_is_named(self, junheng_home: Path) -> None:
        junheng_home.mkdir()
        (junheng_home / "junheng.db").write_text("not a database, but long enough to be read" * 99)

        line = refused()

        assert f"{junheng_home / 'junheng.db'} 已损坏" in line
        assert "备份" in line

    def test_a_page_that_was_overwritten_is_no_traceback(self, junheng_home: Path) -> None:
        assert CliRunner().invoke(app, ["ledger"]).exit_code == 0
        path = junheng_home / "junheng.db"
        with closing(sqlite3.connect(path)) as opened:
            opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            (size,) = opened.execute("PRAGMA page_size").fetchone()
        with path.open("r+b") as file:
            file.seek(size)
            file.write(b"\x07" * (path.stat().st_size - size))

        assert "已损坏" in refused()

    def test_a_database_of_a_newer_version_is_not_touched(self, junheng_home: Path) -> None:
        assert CliRunner().invoke(app, ["ledger"]).exit_code == 0
        with closing(sqlite3.connect(junheng_home / "junheng.db")) as opened, opened:
            opened.execute("UPDATE alembic_version SET version_num = '9999'")
        # Another process opens it anew: this one has it open.
        with pytest.raises(DatabaseUnusable, match="较新版本"):
            database.migrated(f"sqlite:///{junheng_home / 'junheng.db'}")


class TestSettings:
    def test_a_channel_nobody_knows_is_named_without_what_was_set(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("JUNHENG_CHANNEL", "pigeon")

        line = refused("notices")

        assert line == "设置 JUNHENG_CHANNEL 写得不对；可以写什么见 docs/reference/settings.md"

    @pytest.mark.parametrize("proxies", ["*", "the proxy", "127.0.0.1, 10.0.0.0/99"])
    def test_a_proxy_that_is_no_address_is_named(
        self, monkeypatch: pytest.MonkeyPatch, proxies: str
    ) -> None:
        monkeypatch.setenv("JUNHENG_TRUSTED_PROXIES", proxies)

        line = refused("users", "list")

        assert (
            line == "设置 JUNHENG_TRUSTED_PROXIES 写得不对；可以写什么见 docs/reference/settings.md"
        )
