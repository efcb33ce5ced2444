"""Throttling: how long an address waits after failed sign-ins. Times are in seconds."""

from collections import OrderedDict, deque
from dataclasses import dataclass, field

# Failures without a wait; each further one doubles the wait, from a second up to a minute.
PATIENCE = 5
LONGEST_WAIT = 60.0
FORGOTTEN_AFTER = 15 * 60.0
# Limits of memory: failures per address, and addresses.
MOST_FAILURES = 16
MOST_ADDRESSES = 10_000


@dataclass(slots=True)
class _Failures:
    """The user names that failed from an address, and the time of the last failure."""

    names: deque[str] = field(default_factory=lambda: deque(maxlen=MOST_FAILURES))
    last_at: float = 0.0

    @property
    def wait(self) -> float:
        beyond = len(self.names) - PATIENCE
        return 0.0 if beyond < 0 else min(LONGEST_WAIT, 2.0**beyond)


class Throttle:
    """Counts the failed sign-ins of each address."""

    def __init__(self) -> None:
        self._failures: OrderedDict[str, _Failures] = OrderedDict()

    def wait(self, address: str, *, now: float) -> float:
        """Return how many seconds an address must wait until its next attempt, 0 for none."""
        known = self._failures.get(address)
        if known is None:
            return 0.0
        if now - known.last_at > FORGOTTEN_AFTER:
            del self._failures[address]
            return 0.0
        return max(0.0, known.last_at + known.wait - now)

    def note_failure(self, address: str, name: str, *, now: float) -> None:
        known = self._failures.setdefault(address, _Failures())
        known.names.append(name)
        known.last_at = now
        self._failures.move_to_end(address)
        while len(self._failures) > MOST_ADDRESSES:
            self._failures.popitem(last=False)

    def note_success(self, address: str, name: str) -> None:
        """Forget the failures under this name; attempts under other names still count.

        Otherwise a user could sign in between guesses at another user's password.
        """
        known = self._failures.get(address)
        if known is None:
            return
        others = [failed for failed in known.names if failed != name]
        known.names = deque(others, maxlen=MOST_FAILURES)
        if not others:
            del self._failures[address]
