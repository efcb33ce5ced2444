"""An opened workbook: sheets of unparsed cells, and the normalisation of texts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum


class Obstacle(StrEnum):
    """Why a file does not open; config/wording/faults.yaml has the sentences."""

    PASSWORD = "password"  # noqa: S105  (the kind of obstacle, not a password)
    OTHER_CONTENT = "other_content"
    UNKNOWN_SUFFIX = "unknown_suffix"
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_WIDE = "too_wide"
    UNKNOWN_ENCODING = "unknown_encoding"
    DEADLY = "deadly"
    DAMAGED = "damaged"
    # These could not be read at all: their content is unknown and may be valid.
    HELD = "held"
    GONE = "gone"
    NOT_A_FILE = "not_a_file"
    UNREADABLE = "unreadable"

    @property
    def is_unread(self) -> bool:
        """Return whether the file itself could not be read, regardless of its content."""
        return self in _UNREAD

    @property
    def may_pass(self) -> bool:
        """Return whether waiting may help: a lock is released, a network share returns."""
        return self.is_unread and self is not Obstacle.NOT_A_FILE


_UNREAD = frozenset({Obstacle.HELD, Obstacle.GONE, Obstacle.NOT_A_FILE, Obstacle.UNREADABLE})


@dataclass(frozen=True, slots=True)
class BrokenCell:
    """A cell without a value: an error such as #DIV/0!, or a formula never calculated."""

    text: str


CellValue = str | int | float | bool | date | datetime | time | BrokenCell | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet; `rows[0][0]` is cell A1, blanks are None."""

    name: str
    rows: tuple[tuple[CellValue, ...], ...]

    def cell(self, row: int, column: int) -> CellValue:
        """Return a cell by its zero-based position, None outside of the sheet."""
        if row < len(self.rows) and column < len(self.rows[row]):
            return self.rows[row][column]
        return None

    def __iter__(self) -> Iterator[tuple[CellValue, ...]]:
        return iter(self.rows)


def address(row: int, column: int) -> str:
    """Return the spreadsheet address (`E16`) of a zero-based position."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"


# Full-width ASCII (０ to ９, ．, ，, －) and the ideographic space, as typed by a Chinese keyboard.
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_UNSEEN = dict.fromkeys((0xFEFF, 0x200B, 0x200C, 0x200D, 0x00A0), " ")


def text_of(value: CellValue) -> str:
    """Return a cell as text without surrounding spaces."""
    match value:
        case None:
            return ""
        case BrokenCell(text):
            return text
        case bool():
            return "TRUE" if value else "FALSE"
        case float() if value.is_integer():
            return str(int(value))
        case str():
            return value.translate(_UNSEEN).strip().strip("\u3000").strip()
        case _:
            return str(value)


# ="3370405001" prevents Excel from converting a code to a number.
_KEPT_AS_TEXT = re.compile(r'=?"(.*)"|\'(.*)')


def code_of(value: CellValue) -> str:
    """Return a code in normal form, whether typed full-width, as a number or as text."""
    typed = "".join(half_width(text_of(value)).split())
    kept = _KEPT_AS_TEXT.fullmatch(typed)
    return ((kept[1] or kept[2] or "") if kept else typed).removesuffix(".0")


def half_width(text: str) -> str:
    return text.translate(_HALF_WIDTH).strip()


def label_of(value: CellValue) -> str:
    """Return a printed label in the normal form in which labels are compared.

    Only the first line counts, without spaces: a second line has the unit in brackets.
    """
    first_line = text_of(value).split("\n")[0]
    return half_width("".join(first_line.split()))
