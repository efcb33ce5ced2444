"""The pieces of a card: what is kept or left out as a whole, and what stands together."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a card that is kept or left out as a whole, and how many items it tells."""

    text: str
    items: int


def grouped(things: Iterable[T], place: Callable[[T], Hashable]) -> tuple[tuple[T, ...], ...]:
    groups: dict[Hashable, list[T]] = {}
    for thing in things:
        groups.setdefault(place(thing), []).append(thing)
    return tuple(tuple(group) for group in groups.values())


def fitting(pieces: Sequence[Piece], *, room: int) -> tuple[Piece, ...]:
    """Return the first pieces that fit; nothing less urgent stands where one was left out."""
    lengths = accumulate(len(piece.text) + len("\n") for piece in pieces)
    return tuple(piece for piece, length in zip(pieces, lengths, strict=True) if length <= room)
