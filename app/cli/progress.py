"""Progress of a command's step, and its duration."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from junheng import wording

if TYPE_CHECKING:
    from rich.console import Console


@contextmanager
def working(console: "Console", name: str) -> Iterator[None]:
    """Show the name of a step while it runs, and print its duration afterwards."""
    started = time.monotonic()
    with console.status(f"{name}……"):
        yield
    spent = time.monotonic() - started
    console.print(wording.packaged().command.done.format(name=name, seconds=spent))
