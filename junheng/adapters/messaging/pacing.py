"""Pacing: a client-side rate limiter, which waits until a platform accepts one more message."""

import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """A rate limit: the most messages within a number of seconds."""

    messages: int
    seconds: float


class Turns:
    """The rate limiter of one robot or one channel, under all its rate limits."""

    def __init__(
        self,
        paces: Iterable[Pace],
        *,
        wait: Callable[[float], None] | None = None,
        now: Callable[[], float] | None = None,
    ) -> None:
        self._wait, self._now = wait or time.sleep, now or time.monotonic
        self._taken = [(pace, deque[float](maxlen=pace.messages)) for pace in paces]

    def take(self) -> None:
        """Wait until one more message may be sent, and count it."""
        for pace, taken in self._taken:
            if len(taken) == pace.messages:
                rest = taken[0] + pace.seconds - self._now()
                if rest > 0:
                    self._wait(rest)
        for _, taken in self._taken:
            taken.append(self._now())
