"""What a command says while it works, and how long a step took."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from junheng import wording

if TYPE_CHECKING:
    from rich.console import Console


@contextmanager
def working(console: "Console", name: str) -> Iterator[None]:
    """Say what is being done, and how long it took once it is."""
    started = time.monotonic()
    with console.status(f"{name}……"):
        yield
    spent = time.monotonic() - started
    console.print(wording.packaged().command.done.format(name=name, seconds=spent))
