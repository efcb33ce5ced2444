"""Writes csv whose cells Excel and WPS open as text or numbers, never as formulas."""

import csv
import re
from collections.abc import Iterable
from typing import TextIO

# Excel in Chinese takes the wide signs for the narrow ones.
_FORMULA_BEGINS = tuple("=+-@\t\r＝＋－＠")
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
    if not isinstance(value, str) or not value.startswith(_FORMULA_BEGINS):
        return value
    return value if _NUMBER.fullmatch(value) else f"{_TEXT}{value}"
