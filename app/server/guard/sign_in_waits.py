"""Throttles sign-in attempts by address: guessing delays only the address that guesses."""

import asyncio
import math
import time
from collections.abc import Callable
from typing import TypeVar
from weakref import WeakValueDictionary

from junheng.domain.operations.throttling import Throttle

# Each hash takes 46 MB and a core, so few run at once. One more is reserved for addresses from
# which a user has signed in, so that attempts from unknown addresses do not delay the office.
HASHES_AT_ONCE = 2
MOST_KNOWN = 10_000
T = TypeVar("T")


class TooManyTries(Exception):
    """We cannot check the password, because its address must wait after failed attempts."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = max(1, math.ceil(seconds))


class Turns:
    """Limits attempts to one at a time for each address, and to HASHES_AT_ONCE in total."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._throttle = Throttle()
        self._hashing = {True: asyncio.Semaphore(1), False: asyncio.Semaphore(HASHES_AT_ONCE)}
        self._known: set[str] = set()
        self._queues: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def take(self, address: str, name: str, attempt: Callable[[], T]) -> T:
        """Run an attempt in a thread and return its result, which is falsy if it failed.

        Raises:
            TooManyTries: the address has to wait; the attempt did not run.

        """
        queue = self._queues.setdefault(address, asyncio.Lock())
        async with queue:
            # Checked here, because earlier attempts in the queue may have failed meanwhile.
            if (seconds := self._throttle.wait(address, now=self._clock())) > 0:
                raise TooManyTries(seconds)
            async with self._hashing[address in self._known]:
                result = await asyncio.to_thread(attempt)
            if result:
                self._throttle.note_success(address, name)
                if len(self._known) < MOST_KNOWN:
                    self._known.add(address)
            else:
                self._throttle.note_failure(address, name, now=self._clock())
        return result
