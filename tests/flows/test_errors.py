"""A wrong call, or something outside that cannot be used: one Chinese line, and 2."""

from pathlib import Path

import pytest

from tests.flows.test_cli import run


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("register",), "缺少 --year"),
        (("collect", "--year", "2025"), "缺少 folder"),
        (("register", "--year", "abc"), "--year 写的不对"),
        (("chase", "--on", "2025-13-01"), "--on 写的不对"),
        (("register", "--year", "2025", "--format", "xml"), "--format 写的不对"),
        (("register", "--colour"), "没有 --colour 这个选项"),
        (("no-such",), "没有“no-such”这个命令"),
    ],
)
def test_a_wrong_call_is_one_chinese_line(words: tuple[str, ...], said: str) -> None:
    result = run(*words)

    assert result.exit_code == 2
    assert said in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_help_is_still_help() -> None:
    result = run("--help")

    assert result.exit_code == 0
    assert "recognition" in result.stdout


def test_a_home_that_is_a_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a_file"
    file.write_text("", "utf-8")
    monkeypatch.setenv("JUNHENG_HOME", str(file))

    result = run("ledger")

    assert result.exit_code == 2
    assert "JUNHENG_HOME" in result.stderr


@pytest.mark.parametrize(
    "address", ["garbage", "postgresql://junheng:geheim@127.0.0.1:9/none", "oracle://x"]
)
def test_a_database_that_is_not_there_is_named_without_its_password(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUNHENG_DATABASE_URL", address)

    result = run("ledger")

    assert result.exit_code == 2
    assert "JUNHENG_DATABASE_URL" in result.stderr
    assert "geheim" not in result.stderr
    assert "Traceback" not in result.stderr


def test_a_damaged_database_is_named(junheng_home: Path) -> None:
    junheng_home.mkdir(parents=True)
    (junheng_home / "junheng.db").write_bytes(b"no database" * 1000)

    result = run("ledger")

    assert result.exit_code == 2
    assert "junheng.db" in result.stderr
