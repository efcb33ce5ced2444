"""The command for an unconfirmed card: `junheng resend`."""

from datetime import datetime
from typing import Annotated

import typer

from app.cli.options import By
from app.server.errors import clear_errors

telling = typer.Typer(add_completion=False)


@telling.command()
def resend(
    recipient: Annotated[str, typer.Argument(help="收件单位，写法与 notices --owed 相同")],
    day: Annotated[
        datetime, typer.Option("--day", formats=["%Y-%m-%d"], help="哪一天的卡片，如 2025-11-03")
    ],
    by: By,
    arrived: Annotated[bool, typer.Option("--arrived", help="已经送达：只记下，不重发")] = False,
) -> None:
    """看过以后，把一张无法确认是否送达的卡片重发；已经送达的记为送达。"""
    from junheng.adapters import clock
    from tasks.chase import unconfirmed

    with clear_errors():
        typer.echo(
            unconfirmed.settle(
                recipient, day.date(), has_arrived=arrived, by=by.strip(), now=clock.now()
            ),
            err=True,
        )
