"""The commands that run Prefect for the office: all services, or one of them."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import typer

from app.cli.usage_errors import OneLineGroup
from app.server.errors import WRONG_CALL, clear_errors
from junheng import wording

operating = typer.Typer(cls=OneLineGroup, add_completion=False)
say = partial(typer.echo, err=True)


@contextmanager
def _running() -> Iterator[None]:
    """Print why Prefect cannot run in one line, and exit with 1."""
    from app.server.prefect_client import PrefectNotRunning

    with clear_errors():
        try:
            yield
        except PrefectNotRunning as error:
            say(str(error))
            sys.exit(1)


@operating.command()
def up() -> None:
    """在本机启动 Prefect：操作界面、定时任务和执行进程。"""
    with _running():
        from app.server.supervisor import up as serve

        serve(say)


@operating.command()
def serve() -> None:
    """只启动 Prefect 的服务端；由 systemd 或容器分别管理各个部分时用，平时用 junheng up。"""
    with _running():
        from app.server import single_part

        single_part.serve()


@operating.command()
def work() -> None:
    """只启动一个执行进程；由 systemd 或容器分别管理各个部分时用，平时用 junheng up。"""
    with _running():
        from app.server import single_part

        single_part.work()


@operating.command()
def setup() -> None:
    """在正在运行的 Prefect 里建好各项定时工作；重复运行只更新。"""
    with _running():
        from app.server import set_up

        say(set_up.set_up_deployments())


@operating.command(hidden=True)
def gate() -> None:
    """旧版的登录入口，已并入服务端。"""
    say(wording.packaged().command.gate_is_gone)
    sys.exit(WRONG_CALL)
