"""Prints a list as csv with codes for programs, or as a table with names for people."""

import sys
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from app.cli.lists import csv_cells
from app.cli.lists.formats import Format
from junheng import bootstrap

Rows = Sequence[Sequence[object]]
MOST_ROWS_SHOWN = 60
SEPARATOR = ";"


def show(columns: Sequence[str], rows: Rows, how: Format, *, headings: Sequence[str]) -> None:
    """Print rows as csv with the column names, or as a table with Chinese headings."""
    match how:
        case Format.CSV:
            csv_cells.write(sys.stdout, columns, rows)
        case Format.TABLE:
            _table(headings, rows)


def _table(headings: Sequence[str], rows: Rows) -> None:
    table = Table(header_style="bold", row_styles=("", "dim"))
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows[:MOST_ROWS_SHOWN]:
        table.add_row(*("" if value is None else str(value) for value in row))
    console = Console()
    console.print(table)
    if len(rows) > MOST_ROWS_SHOWN:
        console.print(
            bootstrap.rulebook().wording.listings.capped.format(
                shown=MOST_ROWS_SHOWN, all=len(rows)
            )
        )
