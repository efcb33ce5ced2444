"""The guard: outside production cards go to allowed addresses only, the others to the outbox."""

from collections.abc import Callable, Collection
from datetime import datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

from junheng import wording
from junheng.adapters.messaging.messenger import DeliveryUnknown, FileMessenger, Messenger, Withheld
from junheng.domain.chat.buttons import Button


class GuardedMessenger:
    """Sends to allowed addresses; writes every other card to the outbox with the reason.

    `withheld` is the sentence with the reason and {address}; it is shown to the operator once.
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
        reason = self._withheld.format(address=address)
        receipt = self._outbox.send(key=key, address=address, text=f"{reason}\n\n{text}")
        if not self._was_shown:
            self._show(reason)
            self._was_shown = True
        return Withheld(f"{FileMessenger.channel}:{receipt}")

    def was_delivered(self, *, key: str, address: str, since: datetime) -> str | None:
        if address in self._allowed:
            return self._guarded.was_delivered(key=key, address=address, since=since)
        receipt = self._outbox.was_delivered(key=key, address=address, since=since)
        return None if receipt is None else Withheld(f"{FileMessenger.channel}:{receipt}")


class ConsoleMessenger:
    """Shows each card in the terminal of the command, and stores nothing."""

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
    """Return whether the host of a URL is this machine."""
    try:
        host = urlsplit(url or "").hostname or ""
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
