"""How far a long step has come: said by whoever does it, shown by whoever wants to."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")

# How many are done, and of how many.
Progress = Callable[[int, int], None]


def unseen(done: int, count: int) -> None:
    """Show nobody anything."""
    del done, count


def followed(items: Iterable[Item], count: int, show: Progress) -> Iterator[Item]:
    """Yield items, and show of each that it is done once the next is asked for."""
    for done, item in enumerate(items, 1):
        yield item
        show(done, count)
