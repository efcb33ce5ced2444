"""Options that several commands take, said the same way everywhere."""

from typing import Annotated

import typer

from flows.listings import Format

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
