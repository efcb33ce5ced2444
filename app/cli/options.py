"""Options that several commands share."""

from datetime import datetime
from typing import Annotated

import typer

from app.cli.lists.formats import Format
from junheng import wording

FIRST_YEAR, LAST_YEAR = 2017, 2100

Year = Annotated[
    int, typer.Option("--year", min=FIRST_YEAR, max=LAST_YEAR, help="学年，写开始的那一年，如 2025")
]
How = Annotated[Format, typer.Option("--format", help="table 给人看，csv 给程序用")]
RulesYear = Annotated[
    int | None,
    typer.Option(
        "--as-of-rules",
        min=FIRST_YEAR,
        max=LAST_YEAR,
        help="按哪一年的标准判定，如 2021；不写就按本学年",
    ),
]
Evaluation = Annotated[
    int | None,
    typer.Option("--evaluation", help="查以前的某一次评估，编号见 junheng evaluations"),
]
Day = Annotated[
    datetime | None,
    typer.Option("--on", formats=["%Y-%m-%d"], help="按哪一天办理，写成 2025-10-20；不写就是今天"),
]


def _in_supported_years(day: datetime) -> datetime:
    """Refuse a day outside the supported years, because workdays are counted one by one."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        out_of_range = wording.packaged().command.year_out_of_range
        raise typer.BadParameter(out_of_range.format(first=FIRST_YEAR, last=LAST_YEAR))
    return day


Until = Annotated[
    datetime,
    typer.Option(
        "--until",
        formats=["%Y-%m-%d"],
        callback=_in_supported_years,
        help="新的期限或截止日期，如 2026-01-15，不晚于2100年",
    ),
]
By = Annotated[str, typer.Option("--by", help="由谁办理，写姓名或单位")]
Reason = Annotated[str, typer.Option("--reason", help="为什么，记入台账历史")]
Approver = Annotated[str, typer.Option("--approved-by", help="批准人")]
Reference = Annotated[str, typer.Argument(help="整改事项编号，如 370405-2025-0001")]
