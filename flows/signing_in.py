"""The commands on users: who may sign in at the gate."""

import sys
from getpass import getpass
from typing import Annotated

import typer

from flows.calls import OneLineGroup
from flows.errors import WRONG_CALL, clear_errors

users = typer.Typer(cls=OneLineGroup, add_completion=False, help="操作界面的登录用户。")
Name = Annotated[str, typer.Argument(help="姓名，如 张三")]


@users.command()
def add(name: Name) -> None:
    """添加登录用户，或给他换密码；密码输两遍，或从标准输入读一行。"""
    from junheng import bootstrap
    from junheng.adapters import users as file

    with clear_errors():
        says = bootstrap.rulebook().wording["gate"]["users"]
        password = _password(says["password"])
        if sys.stdin.isatty() and password != _password(says["again"]):
            typer.echo(says["differ"], err=True)
            raise typer.Exit(WRONG_CALL)
        file.add(bootstrap.settings().users_file, name, password)
        typer.echo(says["added"].format(name=name), err=True)


@users.command("list")
def listed() -> None:
    """列出登录用户的姓名。"""
    from junheng import bootstrap
    from junheng.adapters import users as file

    with clear_errors():
        names = file.read(bootstrap.settings().users_file).names
        for name in names:
            typer.echo(name)
        if not names:
            typer.echo(bootstrap.rulebook().wording["gate"]["users"]["none"], err=True)


@users.command()
def remove(name: Name) -> None:
    """删除登录用户。"""
    from junheng import bootstrap
    from junheng.adapters import users as file

    with clear_errors():
        file.remove(bootstrap.settings().users_file, name)
        says = bootstrap.rulebook().wording["gate"]["users"]
        typer.echo(says["removed"].format(name=name), err=True)


def _password(prompt: str) -> str:
    """Return what is typed unseen, or the one line that comes from another program."""
    return getpass(f"{prompt}：") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
