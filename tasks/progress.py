"""Progress of long steps: the step reports it through a callback."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")

# Called with (done, total).
Progress = Callable[[int, int], None]


def unseen(done: int, count: int) -> None:
    """Ignore progress (no-op callback)."""
    del done, count


def followed(items: Iterable[Item], count: int, show: Progress) -> Iterator[Item]:
    """Yield items, and report each as done when the next one is requested."""
    for done, item in enumerate(items, 1):
        yield item
        show(done, count)
