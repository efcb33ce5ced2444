"""Looks into an xlsx package before and beside its reading: its size, and what calamine leaves out.

Calamine shows neither that a cell is an error, or a formula nobody calculated, nor that 0.85 is
kept as 85 %. Only the XML of the cells is looked at: a style that is damaged stops nobody.
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
"""The cells of a sheet that stand for something else than calamine says, by zero-based place."""

MOST_CELLS = 4_000_000
MOST_UNPACKED_BYTES = 400_000_000
ENCRYPTED = 0x1
DAMAGED_PACKAGE = (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError)
NOT_THE_EXPECTED_XML = (ParseError, KeyError, ValueError)
_DIMENSION = re.compile(rb'<dimension ref="[A-Z]+\d+:([A-Z]+)(\d+)"')
# One stray value in the last cell, XFD1048576, makes a reader allocate the whole grid.
_CELL = re.compile(rb'<c r="([A-Z]+)(\d+)"')
_SPECIAL = re.compile(rb'<c [^>]*t="e"|<f[ >/]')
_PERCENT_IN_USE = re.compile(rb'numFmtId="(?:9|10)"|formatCode="[^"]*%')
_PERCENT_FORMATS = frozenset({9, 10})
_QUOTED_IN_FORMAT = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_PLACE = re.compile(r"([A-Z]+)(\d+)")


class DoesNotOpen(Exception):
    """We cannot read a file, because of what stands in the way; `detail` is for the operator."""

    def __init__(self, obstacle: Obstacle, detail: str = "") -> None:
        super().__init__(f"{obstacle}：{detail}" if detail else obstacle.value)
        self.obstacle = obstacle
        self.detail = detail


def beside_the_reader(path: Path) -> Mapping[str, Overlay]:
    """Return, by sheet, what calamine leaves out; raises DoesNotOpen for what must not be read."""
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
    """Refuse a package that unpacks too large; tell whether it has errors or formulas."""
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
    """Return the styles of cells that show a fraction as a percentage; most packages have none."""
    name = "xl/styles.xml"
    if name not in package.namelist():
        return frozenset()
    content = package.read(name)
    if not _PERCENT_IN_USE.search(content):
        return frozenset()
    try:
        styles = _parsed(content)
    except ParseError:
        # Then nobody, Excel included, knows how the cells were to look.
        return frozenset()
    own = {
        int(one.get("numFmtId", "-1"))
        for one in _all(styles, "numFmt")
        if "%" in _QUOTED_IN_FORMAT.sub("", one.get("formatCode", ""))
    }
    formats = [entry for table in _all(styles, "cellXfs") for entry in table]
    return frozenset(
        at
        for at, entry in enumerate(formats)
        if int(entry.get("numFmtId", "0")) in own | _PERCENT_FORMATS
    )


def _sheet_parts(package: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Yield each sheet's name, and the part of the package it is kept in."""
    relations = _parsed(package.read("xl/_rels/workbook.xml.rels"))
    targets = {one.get("Id"): one.get("Target", "") for one in relations}
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
                    at = place.of_cell(element.get("r"))
                    if value is not None:
                        yield at, value
                    element.clear()
                case "end", "row":
                    element.clear()
                case _:
                    pass


@dataclass(slots=True)
class _Place:
    """Where a reading stands: a row or cell without its address follows the one before it."""

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
    """A cell as the XML has it; `value` is None where there is no element for one."""

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
        # ="" is a text that has been calculated, and is empty.
        is_empty_text = self.kind == "str" and self.value is not None
        return self.formula is not None and not self.value and not is_empty_text


def _shown(cell: _Cell, percents: frozenset[int]) -> CellValue:
    """Return what a cell stands for where calamine does not tell; None where it does."""
    if cell.kind == "e" or (cell.formula is not None and (cell.value or "").startswith("#")):
        return BrokenCell(cell.value or f"={cell.formula or ''}")
    if cell.is_uncalculated:
        return BrokenCell(f"={cell.formula}")
    if cell.style in percents and cell.kind == "n" and cell.value:
        # Fractions are kept as binary numbers: 0.57 may stand there as 0.56999999999999995.
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
    """Return an element's name without its namespace: there are two for the same workbook."""
    return element.tag.rpartition("}")[2]


def _all(root: Element, name: str) -> Iterator[Element]:
    return (element for element in root.iter() if _name(element) == name)
