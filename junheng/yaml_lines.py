"""Parses YAML and finds the line of each part."""

import stat
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.resolver import VersionedResolver

Place: TypeAlias = tuple[int | str, ...]
"""The path to a part of a file: keys of mappings and positions in lists."""


class NotAFile(OSError):
    """We cannot read a path, because it is a folder, a pipe or a device."""


class _Yaml12(VersionedResolver):
    """Resolves by YAML 1.2 only: ruamel looks the version up at every scalar."""

    processing_version = (1, 2)


def parser() -> YAML:
    """Return the C parser: the pure Python one takes eight times as long."""
    yaml = YAML(typ="safe", pure=False)
    yaml.Resolver = _Yaml12
    return yaml


def line_of(path: Path, place: Iterable[int | str]) -> int:
    """Return the line on which a place of a file begins; if it is missing, its parent's line."""
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
    """Return the line of the first date that does not exist, such as 2025-02-30."""
    return next(_impossible_days(_composed(path)), 1)


def _impossible_days(node: Any) -> Iterator[int]:
    """Yield the lines of dates that do not exist."""
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
    """Return the node at which a part begins (its key, if it has one) and the part itself."""
    if isinstance(node, SequenceNode) and isinstance(part, int):
        return node.value[part], node.value[part]
    pairs = node.value if isinstance(node, MappingNode) else ()
    return next(((name, value) for name, value in pairs if name.value == str(part)), None)


def state(path: Path) -> tuple[int, int]:
    """Return the modification time and size that identify a version of a file; raises OSError."""
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        # Reading a pipe would wait for ever.
        raise NotAFile(path)
    return found.st_mtime_ns, found.st_size


def _composed(path: Path) -> Any:
    return _nodes(path, *state(path))


@lru_cache(maxsize=8)
def _nodes(path: Path, *state: int) -> Any:
    del state
    return parser().compose(path.read_text(encoding="utf-8"))
