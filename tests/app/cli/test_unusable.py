"""An unusable home or database is one line with its place and the remedy."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from openpyxl import Workbook
from typer.testing import CliRunner

from app.cli.app import app
from junheng.store.database import database
from junheng.store.database.failures import DatabaseUnusable

HIDDEN = "geheim"


def refused(*words: str) -> str:
    result = CliRunner().invoke(app, words or ("ledger", "--format", "csv"))

    assert result.exit_code == 2
    assert result.stdout == ""
    assert HIDDEN not in result.stderr
    (line,) = result.stderr.strip().splitlines()
    return line


class TestHome:
    @pytest.mark.parametrize("inside", [".", "below"])
    @pytest.mark.parametrize(
        "words", [("ledger",), ("collect", "no-such-folder", "--year", "2025"), ("up",)]
    )
    def test_a_file_is_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inside: str, words: tuple[str, ...]
    ) -> None:
        (tmp_path / "file").write_text("")
        home = tmp_path / "file" / inside
        monkeypatch.setenv("JUNHENG_HOME", str(home))

        line = refused(*words)

        assert f"JUNHENG_HOME 指向 {home}" in line
        assert "是文件" in line


class TestWorkbooks:
    @pytest.mark.parametrize("inside", [".", "below"])
    def test_a_file_is_refused_as_folder(self, tmp_path: Path, inside: str) -> None:
        (tmp_path / "file").write_text("")
        folder = tmp_path / "file" / inside

        line = refused("ledger", "--workbooks", str(folder))

        assert line.startswith(f"写不了 {folder}/整改台账_台儿庄区_")
        assert "它的上级是文件，不是文件夹；请换一个可以写入的文件夹" in line

    def test_an_unwritable_folder_is_named(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def forbidden(_self: Workbook, filename: Path) -> None:
            raise PermissionError(13, "Permission denied", str(filename))

        # Patched, because root may write everywhere.
        monkeypatch.setattr(Workbook, "save", forbidden)

        assert "没有权限写入" in refused("ledger", "--workbooks", str(tmp_path))


class TestDatabaseUrl:
    @pytest.mark.parametrize(
        "url",
        [
            "garbage",
            f"postgresql://office:{HIDDEN}@host:port/junheng",
            f"postgres://office:{HIDDEN}@host/junheng",
            f"mysql://office:{HIDDEN}@host/junheng",
        ],
    )
    def test_an_invalid_url_is_refused_and_not_printed(
        self, monkeypatch: pytest.MonkeyPatch, url: str
    ) -> None:
        monkeypatch.setenv("JUNHENG_DATABASE_URL", url)

        line = refused()

        assert "JUNHENG_DATABASE_URL" in line
        assert "postgresql://用户名:密码@主机:端口/库名" in line

    def test_a_postgresql_that_is_down_is_named_without_its_password(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        url = f"postgresql://office:{HIDDEN}@127.0.0.1:1/junheng"
        monkeypatch.setenv("JUNHENG_DATABASE_URL", url)

        line = refused()

        assert "连不上数据库 127.0.0.1:1/junheng" in line
        assert "PostgreSQL 是否已经启动" in line


@pytest.mark.sqlite_file
class TestDamagedDatabase:
    def test_a_file_of_another_format_is_named(self, junheng_home: Path) -> None:
        junheng_home.mkdir()
        (junheng_home / "junheng.db").write_text("not a database, but long enough to be read" * 99)

        line = refused()

        assert f"{junheng_home / 'junheng.db'} 已损坏" in line
        assert "备份" in line

    def test_an_overwritten_page_is_reported_without_traceback(self, junheng_home: Path) -> None:
        assert CliRunner().invoke(app, ["ledger"]).exit_code == 0
        path = junheng_home / "junheng.db"
        with closing(sqlite3.connect(path)) as opened:
            opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            (size,) = opened.execute("PRAGMA page_size").fetchone()
        with path.open("r+b") as file:
            file.seek(size)
            file.write(b"\x07" * (path.stat().st_size - size))

        assert "已损坏" in refused()

    def test_a_database_of_a_newer_version_is_refused(self, junheng_home: Path) -> None:
        assert CliRunner().invoke(app, ["ledger"]).exit_code == 0
        with closing(sqlite3.connect(junheng_home / "junheng.db")) as opened, opened:
            opened.execute("UPDATE alembic_version SET version_num = '9999'")
        # As another process does, because this one already has the database open.
        with pytest.raises(DatabaseUnusable, match="较新版本"):
            database.migrated(f"sqlite:///{junheng_home / 'junheng.db'}")


class TestSettings:
    def test_an_unknown_channel_is_named_without_its_value(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("JUNHENG_CHANNEL", "pigeon")

        line = refused("notices")

        assert line == "设置 JUNHENG_CHANNEL 写得不对；可以写什么见 docs/reference/settings.md"

    @pytest.mark.parametrize("proxies", ["*", "the proxy", "127.0.0.1, 10.0.0.0/99"])
    def test_an_invalid_proxy_is_named(self, monkeypatch: pytest.MonkeyPatch, proxies: str) -> None:
        monkeypatch.setenv("JUNHENG_TRUSTED_PROXIES", proxies)

        line = refused("users", "list")

        assert (
            line == "设置 JUNHENG_TRUSTED_PROXIES 写得不对；可以写什么见 docs/reference/settings.md"
        )
