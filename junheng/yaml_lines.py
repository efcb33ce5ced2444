"""Parses YAML, and finds the lines on which its parts stand."""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.resolver import VersionedResolver

Place: TypeAlias = tuple[int | str, ...]
"""The way to a part of a file: names of mappings, and positions in lists."""


class _Yaml12(VersionedResolver):
    """Resolves by YAML 1.2 alone: ruamel asks for the version at every scalar."""

    processing_version = (1, 2)


def parser() -> YAML:
    """Return the parser in C: the pure one takes eight times as long."""
    yaml = YAML(typ="safe", pure=False)
    yaml.Resolver = _Yaml12
    return yaml


def line_of(path: Path, place: Iterable[int | str]) -> int:
    """Return the line on which a place of a file begins; of what is missing, its surroundings'."""
    node = _composed(path)
    line = 0
    for part in place:
        found = _within(node, part)
        if found is None:
            break
        beginning, node = found
        line = beginning.start_mark.line
    return line + 1


def impossible_day(path: Path) -> int:
    """Return the line of the first date that no calendar has."""
    return next(_impossible_days(_composed(path)), 1)


def _impossible_days(node: Any) -> Iterator[int]:
    """Yield the lines of dates that no calendar has, and of other scalars that have no value."""
    match node:
        case MappingNode():
            for pair in node.value:
                for part in pair:
                    yield from _impossible_days(part)
        case SequenceNode():
            for element in node.value:
                yield from _impossible_days(element)
        case ScalarNode() if "timestamp" in str(node.tag):
            try:
                date.fromisoformat(node.value[:10])
            except ValueError:
                yield node.start_mark.line + 1


def _within(node: Any, part: int | str) -> tuple[Node, Node] | None:
    """Return where a part of a node begins, its name where it has one, and the part itself."""
    if isinstance(node, SequenceNode) and isinstance(part, int):
        return node.value[part], node.value[part]
    pairs = node.value if isinstance(node, MappingNode) else ()
    return next(((name, value) for name, value in pairs if name.value == str(part)), None)


def state(path: Path) -> tuple[int, int]:
    """Return by what a file that was written again is told; raises OSError."""
    found = path.stat()
    return found.st_mtime_ns, found.st_size


def _composed(path: Path) -> Any:
    return _nodes(path, *state(path))


@lru_cache(maxsize=8)
def _nodes(path: Path, *state: int) -> Any:
    del state
    return parser().compose(path.read_text(encoding="utf-8"))
