"""The command that proves the ledger: its history unbroken, and every row as the history tells."""

import string
import sys
from typing import Annotated

import typer

from app.cli.lists.formats import Format
from app.cli.options import How
from app.cli.usage_errors import OneLineGroup
from app.server.errors import clear_errors

audit = typer.Typer(
    cls=OneLineGroup, add_completion=False, help="核查台账和历史记录：有没有被改动、删去或补写"
)
# A shorter beginning is in some hash of any long history.
SHORTEST_HEAD = 8
BROKEN = 1


def _hash(text: str) -> str:
    head = text.strip().lower()
    if len(head) < SHORTEST_HEAD or not set(head) <= set(string.hexdigits):
        raise typer.BadParameter(text)
    return head


@audit.command()
def verify(
    head: Annotated[
        str | None,
        typer.Option(
            "--head",
            parser=_hash,
            metavar="HASH",
            help="某份报告上印的链头，至少前8位，如 0f3a9c21",
        ),
    ] = None,
) -> None:
    """核查历史记录是否连续、台账是否与历史记录一致；有不符之处逐条列出（退出码 1）。"""
    from tasks.history import auditing

    with clear_errors():
        found = auditing.verify(head)
        for line in (*found.breaks, found.summary):
            typer.echo(line)
    if found.breaks:
        sys.exit(BROKEN)


@audit.command()
def operations(how: How = Format.TABLE) -> None:
    """列出谁在什么时候手动运行、重试、取消或改动过什么，为什么。"""
    from app.cli.lists import run_requests

    with clear_errors():
        run_requests.operations(how)
