"""The commands on users of the Prefect UI, their sign-ins and failed attempts."""

import os
import sys
from getpass import getpass
from typing import Annotated

import typer

from app.cli.usage_errors import OneLineGroup
from app.server.errors import WRONG_CALL, clear_errors

users = typer.Typer(cls=OneLineGroup, add_completion=False, help="操作界面的登录用户。")
Name = Annotated[str, typer.Argument(help="姓名，如 张三")]
OneOrAll = Annotated[str | None, typer.Argument(help="姓名；不写就列出所有人的")]


@users.command()
def add(name: Name) -> None:
    """添加登录用户，或给他换密码；密码输两遍，或从标准输入读一行。"""
    from junheng.adapters import clock
    from tasks.people import users as kept

    with clear_errors():
        wording = kept.wording()
        password = _password(wording.password)
        if sys.stdin.isatty() and password != _password(wording.again):
            typer.echo(wording.differ, err=True)
            raise typer.Exit(WRONG_CALL)
        _import_file()
        added_name = kept.add(name, password, now=clock.now())
        typer.echo(wording.added.format(name=added_name), err=True)


@users.command("list")
def listed() -> None:
    """列出登录用户的姓名。"""
    from tasks.people import users as kept

    with clear_errors():
        _import_file()
        names = kept.names()
        for name in names:
            typer.echo(name)
        if not names:
            typer.echo(kept.wording().none, err=True)


@users.command()
def remove(name: Name) -> None:
    """删除登录用户，他的登录立即失效。"""
    from junheng.adapters import clock
    from tasks.people import users as kept

    with clear_errors():
        _import_file()
        kept.remove(name, now=clock.now())
        typer.echo(kept.wording().removed.format(name=name), err=True)


@users.command()
def sessions(name: OneOrAll = None) -> None:
    """列出现在谁登录着，从哪里，到什么时候。"""
    from junheng.adapters import clock
    from tasks.people import users as kept

    with clear_errors():
        found = kept.valid_sign_ins(name, now=clock.now())
        for sign_in in found:
            typer.echo(kept.sentence(sign_in))
        if not found:
            typer.echo(kept.wording().no_sessions, err=True)


@users.command()
def failures() -> None:
    """列出九十天里没有成功的登录：什么时候，从哪里，写的谁。"""
    from tasks.people import users as kept

    with clear_errors():
        found = kept.failures()
        for failure in found:
            typer.echo(kept.sentence_of(failure))
        if not found:
            typer.echo(kept.wording().no_failures, err=True)


@users.command()
def sign_out(name: Name) -> None:
    """结束一个人的全部登录；他再登录要重新输密码。"""
    from junheng.adapters import clock
    from tasks.people import users as kept

    with clear_errors():
        count = kept.sign_out(name, now=clock.now())
        typer.echo(kept.wording().signed_out.format(name=name, count=count), err=True)


@users.command()
def link() -> None:
    """还没有登录用户时，给出一个链接：15分钟内用浏览器打开，设第一位用户。"""
    from app.server.prefect_client import configured
    from junheng.adapters import clock
    from tasks.people import sign_ins as signing_in
    from tasks.people import users as kept

    with clear_errors():
        _import_file()
        base = os.environ.get("PREFECT_UI_URL") or configured().address
        typer.echo(
            kept.wording().link.format(link=signing_in.first_user_url(base, now=clock.now()))
        )


def _import_file() -> None:
    """Import the users file of an older version, if it still exists."""
    from junheng.adapters import clock
    from tasks.people import users as kept

    if (imported := kept.import_file(now=clock.now())) is not None:
        typer.echo(imported, err=True)


def _password(prompt: str) -> str:
    """Return a password typed without echo, or one line of standard input from another program."""
    return getpass(f"{prompt}：") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
