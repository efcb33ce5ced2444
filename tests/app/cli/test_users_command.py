"""The commands on users."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.cli.app import app
from junheng.adapters import clock
from tasks.people import sign_ins, users
from tests import old_users

SPRING = "春天的操场很大很大"


def run(*words: str, typed: str = "") -> Result:
    return CliRunner().invoke(app, ["users", *words], input=typed)


def test_an_added_user_is_listed_and_can_sign_in() -> None:
    added = run("add", "张三", typed=f"{SPRING}\n")

    assert (added.exit_code, added.stdout) == (0, "")
    assert added.stderr.startswith("已添加登录用户 张三")
    assert run("list").stdout == "张三\n"
    assert sign_ins.sign_in("张三", SPRING, address="127.0.0.1", now=clock.now())


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("add", "张:三"), "姓名要有1到30个字，不能带冒号"),
        (("remove", "李四"), "登录用户里没有“李四”"),
        (("sign-out", "李四"), "登录用户里没有“李四”"),
    ],
)
def test_a_refusal_is_one_line(words: tuple[str, ...], sentence: str) -> None:
    result = run(*words, typed=f"{SPRING}\n")

    assert (result.exit_code, result.stderr) == (2, f"{sentence}\n")


def test_sessions_lists_one_user_or_all_and_sign_out_ends_them() -> None:
    for name in ("张三", "李四"):
        users.add(name, SPRING, now=clock.now())
        sign_ins.sign_in(name, SPRING, address="127.0.0.1", now=clock.now())

    assert len(run("sessions").stdout.splitlines()) == 2
    assert run("sessions", "李四").stdout.startswith("李四　")
    assert run("sign-out", "李四").stderr == "已结束 李四 的1处登录。\n"
    assert run("sessions", "李四").stderr == "现在没有人登录。\n"
    assert len(run("sessions").stdout.splitlines()) == 1


def test_the_first_command_imports_the_file_of_an_older_version(junheng_home: Path) -> None:
    old_users.write(junheng_home / "users.yaml", 张三=SPRING)

    first, second = run("list"), run("list")

    assert (first.stdout, second.stdout) == ("张三\n", "张三\n")
    assert "导入登录用户1位" in first.stderr
    assert second.stderr == ""


def test_a_file_readable_by_others_is_refused(junheng_home: Path) -> None:
    old_users.write(junheng_home / "users.yaml", 张三=SPRING).chmod(0o644)

    result = run("list")

    assert result.exit_code == 2
    assert "chmod 600" in result.stderr


def test_link_works_until_the_first_user_exists() -> None:
    first = run("link")
    token = first.stdout.split("/first-user/")[1].split()[0]

    assert first.stdout.startswith("请在15分钟内用浏览器打开 http://127.0.0.1:4200/first-user/")
    assert sign_ins.is_link_valid(token, now=clock.now())
    run("add", "张三", typed=f"{SPRING}\n")
    assert run("link").exit_code == 2
    assert not sign_ins.is_link_valid(token, now=clock.now())
