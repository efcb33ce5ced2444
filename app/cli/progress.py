"""What a command says while it works, and how long a step took."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

from junheng import wording


@contextmanager
def working(console: Console, name: str) -> Iterator[None]:
    """Say what is being done, and how long it took once it is."""
    started = time.monotonic()
    with console.status(f"{name}……"):
        yield
    spent = time.monotonic() - started
    console.print(wording.packaged().command.done.format(name=name, seconds=spent))
