"""Finds names in a file of config/ by path patterns: `lines.*.editions.*.measure`."""

from collections.abc import Iterator
from typing import Any

from junheng.yaml_lines import Place

EACH, EACH_NAME = "*", "@"


def found(content: Any, pattern: str) -> Iterator[tuple[Place, Any]]:
    """Yield the place and value of each part that matches a pattern.

    `*` matches every element of a list or mapping, `@` at the end every key of a mapping.
    """
    yield from _below(content, pattern.split("."), ())


def _below(node: Any, parts: list[str], place: Place) -> Iterator[tuple[Place, Any]]:
    if not parts:
        if node is not None:
            yield place, node
        return
    part, *others = parts
    if part == EACH_NAME:
        yield from (((*place, name), name) for name in (node if isinstance(node, dict) else ()))
        return
    for key, element in _children(node):
        if part in (EACH, str(key)):
            yield from _below(element, others, (*place, key))


def _children(node: Any) -> Iterator[tuple[int | str, Any]]:
    if isinstance(node, dict):
        yield from node.items()
    elif isinstance(node, list | tuple):
        yield from enumerate(node)


def in_words(place: Place) -> str:
    return ".".join(map(str, place))
