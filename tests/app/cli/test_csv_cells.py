"""Cells of csv are text or numbers to a spreadsheet, never formulas."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cli.lists import csv_cells

BEGINNINGS = "=+-@\t\r＝＋－＠"


FORMULAS = [*(f"{sign}1+1" for sign in BEGINNINGS), "+86 138", "-", "=", "@张三", "-５"]
NO_FORMULAS = ["-5", "+3", "-0.25", "-1e-05", "-12%", 3, -2.5, None, "", "东风小学"]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_cell_that_begins_like_a_formula_becomes_text(text: str) -> None:
    assert csv_cells.inert(text) == f"'{text}"


@pytest.mark.parametrize("value", NO_FORMULAS)
def test_numbers_and_plain_text_stay_as_they_are(value: object) -> None:
    assert csv_cells.inert(value) is value


@given(st.text())
def test_no_written_cell_begins_a_formula_unless_it_is_a_number(text: str) -> None:
    file = io.StringIO()
    csv_cells.write(file, ["cell"], [[text]])

    [_, *lines] = csv.reader(io.StringIO(file.getvalue(), newline=""))

    read = lines[0][0] if lines and lines[0] else ""
    assert not read.startswith(tuple(BEGINNINGS)) or float(read.rstrip("%")) is not None
    assert read in {text, f"'{text}"}
