"""Checks an xlsx package before it is parsed, and finds the cells that calamine misses.

Calamine does not report that a cell is an error, is a formula without a calculated value, or
shows 0.85 as 85 %. Only the XML of the cells is read: a damaged style is ignored.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from posixpath import join, normpath
from typing import IO, Any
from xml.etree.ElementTree import Element, ParseError

from junheng import wording
from junheng.domain.intake.sheets import BrokenCell, CellValue, Obstacle

Overlay = Mapping[tuple[int, int], CellValue]
"""The cells of a sheet whose values replace calamine's, by zero-based (row, column)."""

MOST_CELLS = 4_000_000
MOST_UNPACKED_BYTES = 400_000_000
ENCRYPTED = 0x1
DAMAGED_PACKAGE = (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError)
NOT_THE_EXPECTED_XML = (ParseError, KeyError, ValueError)
_DIMENSION = re.compile(rb'<dimension ref="[A-Z]+\d+:([A-Z]+)(\d+)"')
# One stray value in the last cell, XFD1048576, makes calamine allocate the whole grid.
_CELL = re.compile(rb'<c r="([A-Z]+)(\d+)"')
_SPECIAL = re.compile(rb'<c [^>]*t="e"|<f[ >/]')
_PERCENT_IN_USE = re.compile(rb'numFmtId="(?:9|10)"|formatCode="[^"]*%')
_PERCENT_FORMATS = frozenset({9, 10})
_QUOTED_IN_FORMAT = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_PLACE = re.compile(r"([A-Z]+)(\d+)")


class DoesNotOpen(Exception):
    """We cannot read a file, because of an obstacle; `detail` is for the operator."""

    def __init__(self, obstacle: Obstacle, detail: str = "") -> None:
        super().__init__(f"{obstacle}：{detail}" if detail else obstacle.value)
        self.obstacle = obstacle
        self.detail = detail


def overlays(path: Path) -> Mapping[str, Overlay]:
    """Return the cells that calamine misses, by sheet.

    Raises:
        DoesNotOpen: the package is damaged, encrypted, or too large to parse.

    """
    try:
        with zipfile.ZipFile(path) as package:
            has_special = _checked(package)
            percents = _percent_styles(package)
            if not has_special and not percents:
                return {}
            return {
                name: dict(_overlay(package, part, percents))
                for name, part in _sheet_parts(package)
            }
    except (*DAMAGED_PACKAGE, *NOT_THE_EXPECTED_XML) as error:
        raise DoesNotOpen(Obstacle.DAMAGED, str(error)) from error


def _checked(package: zipfile.ZipFile) -> bool:
    """Return whether a package has errors or formulas; refuse an encrypted or too large one."""
    entries = package.infolist()
    if any(entry.flag_bits & ENCRYPTED for entry in entries):
        raise DoesNotOpen(Obstacle.PASSWORD)
    if sum(entry.file_size for entry in entries) > MOST_UNPACKED_BYTES:
        raise DoesNotOpen(Obstacle.TOO_LARGE)
    has_special = False
    for entry in entries:
        if re.fullmatch(r"xl/worksheets/[^/]+\.xml", entry.filename):
            content = package.read(entry)
            has_special = bool(_SPECIAL.search(content)) or has_special
            _check_extent(content)
    return has_special


def _check_extent(content: bytes) -> None:
    widest = deepest = 1
    for letters, digits in (*_DIMENSION.findall(content), *_CELL.findall(content)):
        widest = max(widest, _column(letters.decode()) + 1)
        deepest = max(deepest, int(digits))
    if widest * deepest > MOST_CELLS:
        extent = wording.packaged().arrivals.extent.format(rows=deepest, columns=widest)
        raise DoesNotOpen(Obstacle.TOO_WIDE, extent)


def _column(letters: str) -> int:
    width = 0
    for letter in letters:
        width = width * 26 + ord(letter) - ord("A") + 1
    return width - 1


def _percent_styles(package: zipfile.ZipFile) -> frozenset[int]:
    """Return the indexes of the cell styles that show a fraction as a percentage."""
    name = "xl/styles.xml"
    if name not in package.namelist():
        return frozenset()
    content = package.read(name)
    if not _PERCENT_IN_USE.search(content):
        return frozenset()
    try:
        styles = _parsed(content)
    except ParseError:
        # Without valid styles, Excel cannot show percentages either.
        return frozenset()
    custom_formats = {
        int(number_format.get("numFmtId", "-1"))
        for number_format in _all(styles, "numFmt")
        if "%" in _QUOTED_IN_FORMAT.sub("", number_format.get("formatCode", ""))
    }
    formats = [entry for table in _all(styles, "cellXfs") for entry in table]
    return frozenset(
        index
        for index, entry in enumerate(formats)
        if int(entry.get("numFmtId", "0")) in custom_formats | _PERCENT_FORMATS
    )


def _sheet_parts(package: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Yield the name of each sheet and the package part that contains it."""
    relations = _parsed(package.read("xl/_rels/workbook.xml.rels"))
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    for sheet in _all(_parsed(package.read("xl/workbook.xml")), "sheet"):
        reference = next((value for key, value in sheet.items() if key.endswith("}id")), None)
        target = targets[reference]
        part = target.removeprefix("/") if target.startswith("/") else join("xl", target)
        yield sheet.get("name", ""), normpath(part)


def _overlay(
    package: zipfile.ZipFile,
    part: str,
    percents: frozenset[int],
) -> Iterator[tuple[tuple[int, int], CellValue]]:
    place = _Place()
    with package.open(part) as content:
        for event, element in _events(content):
            match event, _name(element):
                case "start", "row":
                    place.begin_row(element.get("r"))
                case "end", "c":
                    value = _shown(_Cell.of(element), percents)
                    address = place.of_cell(element.get("r"))
                    if value is not None:
                        yield address, value
                    element.clear()
                case "end", "row":
                    element.clear()
                case _:
                    pass


@dataclass(slots=True)
class _Place:
    """The current cell of a parser: a row or cell without an address follows the previous one."""

    row: int = -1
    column: int = -1

    def begin_row(self, number: str | None) -> None:
        self.row, self.column = (int(number) - 1 if number else self.row + 1), -1

    def of_cell(self, address: str | None) -> tuple[int, int]:
        found = _PLACE.fullmatch(address or "")
        if found is None:
            self.column += 1
        else:
            self.row, self.column = int(found[2]) - 1, _column(found[1])
        return self.row, self.column


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell in the XML; `value` is None if the cell has no value element."""

    kind: str
    style: int
    formula: str | None
    value: str | None = field(default=None)

    @classmethod
    def of(cls, element: Element) -> "_Cell":
        texts = {_name(child): child.text or "" for child in element}
        return cls(
            kind=element.get("t", "n"),
            style=int(element.get("s", "0")),
            formula=texts.get("f"),
            value=texts.get("v"),
        )

    @property
    def is_uncalculated(self) -> bool:
        # The result of ="" is calculated: an empty text.
        is_empty_text = self.kind == "str" and self.value is not None
        return self.formula is not None and not self.value and not is_empty_text


def _shown(cell: _Cell, percents: frozenset[int]) -> CellValue:
    """Return the value that replaces calamine's; None if calamine's value is right."""
    if cell.kind == "e" or (cell.formula is not None and (cell.value or "").startswith("#")):
        return BrokenCell(cell.value or f"={cell.formula or ''}")
    if cell.is_uncalculated:
        return BrokenCell(f"={cell.formula}")
    if cell.style in percents and cell.kind == "n" and cell.value:
        # Fractions are stored as binary numbers: 0.57 may be written as 0.56999999999999995.
        percentage = Decimal(repr(float(cell.value))) * 100
        return f"{percentage.normalize():f}%"
    return None


def _parsed(content: bytes) -> Element:
    from defusedxml.ElementTree import fromstring

    root: Element = fromstring(content)
    return root


def _events(content: IO[bytes]) -> Iterator[tuple[str, Element]]:
    from defusedxml.ElementTree import iterparse

    events: Iterator[tuple[str, Any]] = iterparse(content, events=("start", "end"))
    return events


def _name(element: Element) -> str:
    """Return an element's name without its namespace: xlsx has two (transitional and strict)."""
    return element.tag.rpartition("}")[2]


def _all(root: Element, name: str) -> Iterator[Element]:
    return (element for element in root.iter() if _name(element) == name)
