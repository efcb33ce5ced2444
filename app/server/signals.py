"""Signals: what is asked to end, ends in order."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def interrupted_by_signals() -> Iterator[None]:
    """Turn every signal to end into a KeyboardInterrupt, the first one only."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        # Impatience must not leave a process behind.
        for number in ENDING_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    # Our processes inherit no ignored SIGINT, as one started in the background would hand down:
    # a worker that ignores it never ends.
    before = {number: signal.signal(number, interrupt) for number in ENDING_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
