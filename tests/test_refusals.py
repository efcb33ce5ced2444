"""Every expected exception is a Refusal, and a command prints its sentence in one line."""

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli.app import app
from junheng import bootstrap
from junheng.refusals import Refusal, Transient
from junheng.settings import PROJECT_ROOT

ROOMS = ("junheng", "expectations", "tasks", "flows", "app")
SAID = "这件事办不了，请先……"


def kinds() -> Iterator[type[Refusal]]:
    """Yield every subclass of Refusal in the product."""
    for path in _with_a_refusal():
        name = ".".join(path.relative_to(PROJECT_ROOT).with_suffix("").parts)
        importlib.import_module(name.removesuffix(".__init__"))
    waiting: list[type[Refusal]] = [Refusal]
    while waiting:
        kind = waiting.pop()
        yield kind
        waiting += kind.__subclasses__()


def _with_a_refusal() -> Iterator[Path]:
    for room in ROOMS:
        for path in sorted((PROJECT_ROOT / room).rglob("*.py")):
            names = {base.id for base in _bases(path) if isinstance(base, ast.Name)}
            if names & {"Refusal", "Transient"}:
                yield path


def _bases(path: Path) -> Iterator[ast.expr]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ClassDef):
            yield from node.bases


def test_a_command_prints_every_refusal_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    found = list(kinds())
    assert len(found) > 25
    for kind in found:

        def refuse(kind: type[Refusal] = kind) -> None:
            error = kind.__new__(kind)
            # Some build their sentence from a year or a file.
            error.args = (SAID,)
            raise error

        monkeypatch.setattr(bootstrap, "rulebook", refuse)

        result = CliRunner().invoke(app, ["ledger", "--format", "csv"])

        assert (result.exit_code, result.stdout, result.stderr) == (2, "", f"{SAID}\n"), kind


def test_every_refusal_is_raised_with_its_sentence() -> None:
    wordless = {kind.__name__ for kind in kinds() if "__init__" not in vars(kind)}

    assert [
        f"{path}:{node.lineno}"
        for room in ROOMS
        for path in (PROJECT_ROOT / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Raise) and _raised(node) in wordless
    ] == []


def _raised(node: ast.Raise) -> str:
    """Return the name of a class raised without arguments, '' for other raises."""
    match node.exc:
        case ast.Name(id=name) | ast.Call(func=ast.Name(id=name), args=[]):
            return name
        case _:
            return ""


def test_transient_errors_are_refusals() -> None:
    assert issubclass(Transient, Refusal)
    assert {kind.__name__ for kind in kinds() if issubclass(kind, Transient)} >= {
        "AnotherSends",
        "CardsStillOwed",
        "DatabaseUnusable",
        "FileHeld",
        "NotWritten",
    }
