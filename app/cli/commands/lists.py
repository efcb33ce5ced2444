"""The commands that print the lists of a year and of the ledger."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from app.cli.commands.queries import chosen_evaluation
from app.cli.lists.formats import Format
from app.cli.options import Day, Evaluation, How, RulesYear, Year
from app.cli.usage_errors import OneLineGroup
from app.server.errors import clear_errors

listing = typer.Typer(cls=OneLineGroup, add_completion=False)

Since = Annotated[
    datetime | None,
    typer.Option("--since", formats=["%Y-%m-%d"], help="只算这一天起交办的事项"),
]
LastDay = Annotated[
    datetime | None,
    typer.Option("--until", formats=["%Y-%m-%d"], help="只算到这一天为止交办的事项"),
]


@listing.command()
def verdicts(
    year: Year,
    how: How = Format.TABLE,
    everything: Annotated[bool, typer.Option("--all", help="连不适用的单位也列出")] = False,
    rules_year: RulesYear = None,
    evaluation: Evaluation = None,
) -> None:
    """列出一个学年的判定。"""
    from app.cli.lists import verdicts as listed

    with clear_errors():
        which = chosen_evaluation(year, rules_year, evaluation)
        listed.verdicts(year, how, which, everything=everything)


@listing.command()
def register(
    year: Year,
    how: How = Format.TABLE,
    departments: Annotated[bool, typer.Option("--departments", help="列部门和镇街")] = False,
) -> None:
    """列出报送名册：谁报了，谁被退回，为什么。"""
    from app.cli.lists.register import year_register

    with clear_errors():
        year_register(year, how, departments=departments)


@listing.command()
def ledger(
    how: How = Format.TABLE,
    on: Day = None,
    full: Annotated[
        bool, typer.Option("--full", help="csv 中连周期、亮灯、销号、结转、反弹也列出")
    ] = False,
    workbooks: Annotated[
        Path | None,
        typer.Option(
            "--workbooks", help="把台账写成工作簿，放进这个文件夹：全区一份，每个单位一份"
        ),
    ] = None,
    waiting: Annotated[
        bool, typer.Option("--waiting", help="只列等创建办办理的：签批、裁定、答复延期、复核、销号")
    ] = False,
) -> None:
    """列出整改台账，或写成工作簿分发给各单位。"""
    from app.cli.lists import ledger as ledger_lists
    from junheng.adapters import clock

    today = on.date() if on else clock.today()
    with clear_errors():
        if workbooks is not None:
            ledger_lists.write_books(workbooks, today)
        elif waiting:
            ledger_lists.waiting(how, today)
        else:
            ledger_lists.ledger(how, today, is_full=full)


@listing.command()
def scorecards(
    how: How = Format.TABLE, on: Day = None, since: Since = None, until: LastDay = None
) -> None:
    """部门和镇街的整改成绩单：按时签收、按时销号、逾期、反弹。"""
    from app.cli.lists import ledger as ledger_lists
    from junheng.adapters import clock

    today = on.date() if on else clock.today()
    with clear_errors():
        ledger_lists.cards(
            how,
            today,
            since=since.date() if since else None,
            until=until.date() if until else None,
        )
