"""Turns signals into an orderly end."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def interrupted_by_signals() -> Iterator[None]:
    """Turn the first of SIGINT, SIGTERM and SIGHUP into a KeyboardInterrupt; ignore later ones."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        # A second Ctrl-C must not interrupt the clean-up and leave processes behind.
        for number in ENDING_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    # A process started in the background ignores SIGINT, and its children would inherit that; a
    # worker that ignores SIGINT never ends.
    before = {number: signal.signal(number, interrupt) for number in ENDING_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
