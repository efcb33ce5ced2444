"""The commands on people: contacts, contact gaps, handover lists and summonses."""

from datetime import date, datetime
from typing import Annotated

import typer

from app.cli.lists.formats import Format
from app.cli.options import Day, How
from app.cli.usage_errors import OneLineGroup
from app.server.errors import clear_errors
from junheng import wording

people = typer.Typer(
    cls=OneLineGroup, add_completion=False, help="责任单位的联系人、替补和负责人。"
)
Since = Annotated[
    datetime,
    typer.Option("--since", formats=["%Y-%m-%d"], help="从哪一天以后的变化，写成 2019-02-28"),
]


@people.command("list")
def listed(on: Day = None, how: How = Format.TABLE) -> None:
    """列出某一天各单位的联系人、替补和负责人。"""
    from app.cli.lists import contacts as people_lists

    with clear_errors():
        people_lists.everyone(_day(on), how)


@people.command()
def gaps(on: Day = None, how: How = Format.TABLE) -> None:
    """列出某一天没有可联系的人的单位：既没有联系人，也没有替补。"""
    from app.cli.lists import contacts as people_lists

    with clear_errors():
        people_lists.gaps(_day(on), how)


@people.command()
def handover(since: Since, on: Day = None, how: How = Format.TABLE) -> None:
    """列出交接清单：单位更名、换人，以及手上还没有销号的整改事项。"""
    from app.cli.lists import contacts as people_lists

    day = _day(on)
    if since.date() > day:
        raise typer.BadParameter(wording.packaged().command.since_after_on)
    with clear_errors():
        people_lists.handover(since.date(), day, how)


@people.command()
def summons(on: Day = None, how: How = Format.TABLE) -> None:
    """列出约谈、问责名单：哪些牵头单位有事项到了约谈或问责，有多少，逾期多久。"""
    from app.cli.lists import contacts as people_lists

    with clear_errors():
        people_lists.summons(_day(on), how)


def _day(on: datetime | None) -> date:
    from junheng.adapters import clock

    return on.date() if on else clock.today()
