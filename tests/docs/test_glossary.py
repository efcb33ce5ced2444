"""The glossary lists only identifiers that occur in the code."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from junheng.settings import PROJECT_ROOT

PRODUCT = ("junheng", "expectations", "tasks", "flows", "app")
PAGE = (PROJECT_ROOT / "docs" / "glossary.md").read_text("utf-8")
PROSE_ONLY = "prose only"
IDENTIFIER = re.compile(r"`([^`]+)`")


def rows() -> list[list[str]]:
    """Return the cells of each row, without headings and without rows of prose."""
    lines = [line for line in PAGE.splitlines() if line.startswith("| ") and "| 中文 |" not in line]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in cells if PROSE_ONLY not in row[2]]


@cache
def names() -> frozenset[str]:
    """Return every identifier of the product, its modules, and its string constants."""
    modules = [path for package in PRODUCT for path in (PROJECT_ROOT / package).rglob("*.py")]
    found = {name for path in modules for name in (path.stem, path.parent.name)}
    return frozenset(found.union(*(_names_in(path) for path in modules)))


def _names_in(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case (
                ast.Name(id=name)
                | ast.Attribute(attr=name)
                | ast.FunctionDef(name=name)
                | ast.ClassDef(name=name)
                | ast.arg(arg=name)
                | ast.keyword(arg=str(name))
                | ast.Constant(value=str(name))
            ):
                found.add(name)
            case _:
                pass
    return found


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_each_identifier_occurs_in_the_code(row: list[str]) -> None:
    identifiers = IDENTIFIER.findall(row[1])

    missing = [entry for entry in identifiers if not names().issuperset(entry.split("."))]

    assert identifiers
    assert missing == []


def test_an_unused_name_is_detected() -> None:
    assert "Remediation" in names()
    assert "balanced_development" not in names()
