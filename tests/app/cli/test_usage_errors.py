"""A usage error is one Chinese line and exits with 2."""

import pytest

from tests.app.cli.test_app import run


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("register",), "缺少 --year"),
        (("collect", "--year", "2025"), "缺少 folder"),
        (("register", "--year", "abc"), "--year 写的不对"),
        (("chase", "--on", "2025-13-01"), "--on 写的不对"),
        (("register", "--year", "2025", "--format", "xml"), "--format 写的不对"),
        (("register", "--colour"), "没有 --colour 这个选项"),
        (("no-such",), "没有“no-such”这个命令"),
        ((), "没有写要做什么；用法见"),
        (("register", "--year"), "--year 后面没有写值"),
        (("ledger", "2025"), "多写了参数"),
        (("compare-rules", "--year", "2025"), "请写且只写一个；用法见"),
    ],
)
def test_a_usage_error_is_one_chinese_line(words: tuple[str, ...], sentence: str) -> None:
    result = run(*words)

    assert result.exit_code == 2
    assert sentence in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert result.stdout == ""


def test_help_is_printed() -> None:
    result = run("--help")

    assert result.exit_code == 0
    assert "recognition" in result.stdout
