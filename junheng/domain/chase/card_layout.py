"""The layout of a card: grouping entries, and selecting the pieces that fit."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a card that is kept or left out as a whole, and the number of its items."""

    text: str
    items: int


def grouped(elements: Iterable[T], key: Callable[[T], Hashable]) -> tuple[tuple[T, ...], ...]:
    groups: dict[Hashable, list[T]] = {}
    for element in elements:
        groups.setdefault(key(element), []).append(element)
    return tuple(tuple(group) for group in groups.values())


def fitting(pieces: Sequence[Piece], *, room: int) -> tuple[Piece, ...]:
    """Return the first pieces that fit; no later piece is kept after one was left out."""
    lengths = accumulate(len(piece.text) + len("\n") for piece in pieces)
    return tuple(piece for piece, length in zip(pieces, lengths, strict=True) if length <= room)
