"""Turns of those who sign in: who guesses waits, and keeps nobody at another address waiting."""

import asyncio
import math
import time
from collections.abc import Callable
from typing import TypeVar
from weakref import WeakValueDictionary

from junheng.domain.operations.throttling import Throttle

# Each hash takes 46 MB and a core: few at once leave the machine to the runs. One more is for
# addresses from which somebody has signed in: no number of strangers' keeps the office waiting.
HASHES_AT_ONCE = 2
MOST_KNOWN = 10_000
T = TypeVar("T")


class TooManyTries(Exception):
    """We do not even look at a password, because its address must wait after those that failed."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = max(1, math.ceil(seconds))


class Turns:
    """Lets each address try one password at a time, and two passwords be tried in all."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._throttle = Throttle()
        self._hashing = {True: asyncio.Semaphore(1), False: asyncio.Semaphore(HASHES_AT_ONCE)}
        self._known: set[str] = set()
        self._queues: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def take(self, address: str, name: str, attempt: Callable[[], T]) -> T:
        """Return what an attempt gives, falsy where it failed; it runs in a thread.

        Raises:
            TooManyTries: the address has to wait; nothing was tried.

        """
        queue = self._queues.setdefault(address, asyncio.Lock())
        async with queue:
            # Asked only now: the tries before this one in the queue may have failed.
            if (seconds := self._throttle.wait(address, now=self._clock())) > 0:
                raise TooManyTries(seconds)
            async with self._hashing[address in self._known]:
                given = await asyncio.to_thread(attempt)
            if given:
                self._throttle.note_success(address, name)
                if len(self._known) < MOST_KNOWN:
                    self._known.add(address)
            else:
                self._throttle.note_failure(address, name, now=self._clock())
        return given
