"""The commands that audit the ledger against its history, and list what users did to runs."""

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
# A shorter prefix matches some hash of any long history by chance.
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
        audited = auditing.verify(head)
        for line in (*audited.breaks, audited.summary):
            typer.echo(line)
    if audited.breaks:
        sys.exit(BROKEN)


@audit.command()
def operations(how: How = Format.TABLE) -> None:
    """列出谁在什么时候手动运行、重试、取消或改动过什么，为什么。"""
    from app.cli.lists import run_requests

    with clear_errors():
        run_requests.operations(how)
