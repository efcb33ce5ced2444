"""Each kind of mistake that models of config/ raise has a sentence, and the other way round."""

import ast
from collections.abc import Iterator
from typing import get_args

from pydantic_core import core_schema

from junheng import config_files
from junheng.settings import PROJECT_ROOT

WANTED = frozenset(
    config_files.read(config_files.PACKAGED / "wording" / "config_mistakes.yaml")["wanted"]
)
PYDANTICS_OWN = frozenset(get_args(core_schema.ErrorType))


def texts() -> Iterator[str]:
    """Yield every string constant in our code."""
    for path in (PROJECT_ROOT / "junheng").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def kinds_raised() -> Iterator[str]:
    """Yield every kind of mistake that our code raises."""
    for path in (PROJECT_ROOT / "junheng").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "PydanticCustomError":
                kind = node.args[0]
                if isinstance(kind, ast.Constant):
                    yield str(kind.value)


def test_each_raised_kind_has_a_sentence() -> None:
    assert set(kinds_raised()) - WANTED == set()


def test_each_sentence_has_a_raised_kind() -> None:
    assert WANTED - PYDANTICS_OWN - set(texts()) == set()
