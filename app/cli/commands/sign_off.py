"""The commands on sign-offs: list, show, approve, decline."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.lists.formats import Format
from app.cli.options import Day, How
from app.cli.usage_errors import OneLineGroup
from app.server.errors import clear_errors

if TYPE_CHECKING:
    from junheng.domain.ledger.sign_offs import Answer
    from tasks.ledger.sign_offs import Answered

sign_off = typer.Typer(
    cls=OneLineGroup,
    add_completion=False,
    help="签批拟交办的整改事项：同意、不同意，或几项暂不交办",
)
Signer = Annotated[str, typer.Option("--by", help="签批人，写姓名")]
Number = Annotated[
    int | None, typer.Option("--number", help="签批单编号；不写就是现在待签批的那一张")
]


def _left_out(text: str) -> tuple[str, str]:
    reference, _, reason = text.partition("=")
    return reference.strip(), reason.strip()


@sign_off.command("list")
def listed(how: How = Format.TABLE) -> None:
    """列出所有签批单：请求了什么，谁在哪天怎样答复。"""
    from app.cli.lists import sign_offs as sign_off_lists

    with clear_errors():
        sign_off_lists.every(how)


@sign_off.command()
def show(
    number: Annotated[
        int | None, typer.Argument(help="签批单编号；不写就是现在待签批的那一张")
    ] = None,
    on: Day = None,
    how: How = Format.TABLE,
) -> None:
    """查一张签批单：将交办哪些事项，一票否决的在前，按牵头单位。"""
    from app.cli.lists import sign_offs as sign_off_lists

    with clear_errors():
        sign_off_lists.one(number, how, _day(on))


@sign_off.command()
def approve(
    by: Signer,
    number: Number = None,
    leave_out: Annotated[
        list[str] | None,
        typer.Option("--leave-out", metavar="REF=理由", help="这一项暂不交办，可写多次"),
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help="说明，记入台账历史")] = "",
    on: Day = None,
) -> None:
    """同意：交办所列事项，并给各单位发卡片。"""
    from rich.console import Console

    from app.cli import daily_cards
    from junheng.domain.ledger.sign_offs import Answer, Change

    left_out = tuple(map(_left_out, leave_out or ()))
    answer = Answer(Change.APPROVE, by.strip(), reason.strip(), left_out)
    with clear_errors():
        _print_answered(_answered(number, answer, _day(on)))
        daily_cards.send(Console(stderr=True), on.date() if on else None)


@sign_off.command()
def decline(
    by: Signer,
    reason: Annotated[str, typer.Option("--reason", help="为什么不同意，记入台账历史")],
    number: Number = None,
    on: Day = None,
) -> None:
    """不同意：一项也不交办，也不发卡片；下一次年度监测或每月复核重新请求签批。"""
    from junheng.domain.ledger.sign_offs import Answer, Change

    answer = Answer(Change.DECLINE, by.strip(), reason.strip())
    with clear_errors():
        _print_answered(_answered(number, answer, _day(on)))


def _answered(number: int | None, answer: "Answer", day: date) -> "Answered":
    from junheng.adapters import clock
    from tasks.ledger import sign_offs

    return sign_offs.answer(number, answer, on=day, now=clock.now())


def _print_answered(answered: "Answered") -> None:
    from tasks.ledger import sign_offs

    typer.echo(sign_offs.sentence(answered), err=True)


def _day(on: datetime | None) -> date:
    from junheng.adapters import clock

    return on.date() if on else clock.today()
