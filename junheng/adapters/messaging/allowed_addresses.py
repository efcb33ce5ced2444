"""The guard: outside production, a card reaches only those on the list; the rest lies in a file."""

from collections.abc import Callable, Collection
from datetime import datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

from junheng import wording
from junheng.adapters.messaging.messenger import DeliveryUnknown, FileMessenger, Messenger, Withheld
from junheng.domain.chat.buttons import Button


class GuardedMessenger:
    """Sends to allowed addresses; lays every other card in the outbox with a line saying why.

    `withheld` is that line, with {address}; the operator is shown it once.
    """

    def __init__(
        self,
        guarded: Messenger,
        outbox: FileMessenger,
        *,
        allowed: Collection[str],
        withheld: str,
        show: Callable[[str], None],
    ) -> None:
        self.channel = guarded.channel
        self._guarded = guarded
        self._outbox = outbox
        self._allowed = allowed
        self._withheld = withheld
        self._show = show
        self._was_shown = False

    def send(self, *, key: str, address: str, text: str, buttons: tuple[Button, ...] = ()) -> str:
        if address in self._allowed:
            return self._guarded.send(key=key, address=address, text=text, buttons=buttons)
        why = self._withheld.format(address=address)
        receipt = self._outbox.send(key=key, address=address, text=f"{why}\n\n{text}")
        if not self._was_shown:
            self._show(why)
            self._was_shown = True
        return Withheld(f"{FileMessenger.channel}:{receipt}")

    def was_delivered(self, *, key: str, address: str, since: datetime) -> str | None:
        if address in self._allowed:
            return self._guarded.was_delivered(key=key, address=address, since=since)
        receipt = self._outbox.was_delivered(key=key, address=address, since=since)
        return None if receipt is None else Withheld(f"{FileMessenger.channel}:{receipt}")


class ConsoleMessenger:
    """Shows each card where the command runs, and keeps nothing."""

    channel = "console"

    def __init__(self, show: Callable[[str], None]) -> None:
        self._show = show

    def send(self, *, key: str, address: str, text: str, buttons: tuple[Button, ...] = ()) -> str:
        self._show(f"{address}\n{text}")
        return f"{self.channel}:{key}"

    def was_delivered(self, *, key: str, address: str, since: datetime) -> str | None:
        del key, since
        raise DeliveryUnknown(wording.packaged().outbox.shown_unknown.format(address=address))


def is_loopback(url: str | None) -> bool:
    """Return whether an address of the web is this machine itself."""
    try:
        host = urlsplit(url or "").hostname or ""
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
