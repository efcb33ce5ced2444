"""Writes csv whose cells Excel and WPS open as text or numbers, never as formulas."""

import csv
import re
from collections.abc import Iterable
from typing import TextIO

from junheng.domain.typed_text import begins_formula

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?%?", re.ASCII)
# The mark by which a spreadsheet keeps a cell as text.
_TEXT = "'"


def write(file: TextIO, columns: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """Write a heading and rows."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([inert(value) for value in row] for row in rows)


def inert(value: object) -> object:
    """Return a cell with an apostrophe before what a spreadsheet would read as a formula."""
    if not isinstance(value, str) or not begins_formula(value):
        return value
    return value if _NUMBER.fullmatch(value) else f"{_TEXT}{value}"
