"""Messenger: the protocol of all channels, its errors, and the messenger that writes files."""

import os
import re
from collections.abc import Callable
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from junheng import wording
from junheng.domain.chat.buttons import Button
from junheng.domain.operations.disk_errors import why
from junheng.refusals import Refusal


class NotDelivered(Exception):
    """The card certainly did not arrive: it stays owed."""


class CardRefused(NotDelivered):
    """We cannot send this card, because the platform refuses its address or its text."""


class ChatClosed(NotDelivered, Refusal):
    """We cannot send any card, because the platform refuses our credentials."""


class ChatFailing(NotDelivered):
    """We cannot send this card now, because the platform fails; a retry may succeed."""


class ChatUnreachable(ChatFailing):
    """We cannot send any card now, because the platform is unreachable or asks us to wait."""


class DeliveryUncertain(Exception):
    """We cannot say whether the card arrived, because the platform gave no clear answer."""


class DeliveryUnknown(Exception):
    """We cannot find out whether this card arrived, so a person must look."""


class Withheld(str):
    """The receipt of a card that was withheld in a trial: its recipient got no message."""

    __slots__ = ()


class Messenger(Protocol):
    """A channel as the chase uses it."""

    channel: str

    def send(self, *, key: str, address: str, text: str, buttons: tuple[Button, ...] = ()) -> str:
        """Deliver a card and return its receipt; a channel without buttons ignores them.

        Raises:
            NotDelivered: it did not arrive; the message says why.
            DeliveryUncertain: it may have arrived.
            DeliveryUnknown: a card of that key has arrived with another text.
        """

    def was_delivered(self, *, key: str, address: str, since: datetime) -> str | None:
        """Return the receipt of a card whose sending was begun, None if it never arrived.

        Raises:
            NotDelivered: the platform does not answer; retry in a later run.
            DeliveryUnknown: the channel can never answer this.
        """


class FileMessenger:
    """Writes each card to the outbox as `<day>/<district>-<recipient>.txt`, and shows it.

    `called` returns the display name of a recipient on a day.
    """

    channel = "file"

    def __init__(
        self, outbox: Path, show: Callable[[str], None], called: Callable[[str, date], str]
    ) -> None:
        self._outbox = outbox
        self._show = show
        self._called = called

    def send(self, *, key: str, address: str, text: str, buttons: tuple[Button, ...] = ()) -> str:
        target = self._file_of(key)
        if not target.exists():
            letter = wording.packaged().outbox.letter
            self._write(target, letter.format(address=address, key=key, text=text))
            self._show(text)
        return self._receipt(target)

    def was_delivered(self, *, key: str, address: str, since: datetime) -> str | None:
        del address, since
        day = self._file_of(key).parent
        number = wording.packaged().outbox.number.format(key=key)
        # By its number, not by its name: the display name of a recipient may have changed since.
        letters = (
            letter
            for letter in sorted(day.glob("*.txt"))
            if number in letter.read_text("utf-8", errors="replace")
        )
        return next(map(self._receipt, letters), None)

    def _write(self, target: Path, letter: str) -> None:
        """Write a letter atomically; the partial file of a killed process is replaced."""
        partial = target.with_name(f".{target.name}.half")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with partial.open("w", encoding="utf-8") as file:
                file.write(letter)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(target)
        except OSError as error:
            not_written = wording.packaged().outbox.not_written
            raise ChatUnreachable(not_written.format(target=target, reason=why(error))) from error

    def _file_of(self, key: str) -> Path:
        district, day, recipient = key.split(":", 2)
        called = self._called(recipient, date.fromisoformat(day))
        name = _file_name(f"{district}-{called}", f"{district}-{recipient}")
        return self._outbox / day / f"{name}.txt"

    def _receipt(self, target: Path) -> str:
        return target.relative_to(self._outbox).as_posix()


_NOT_IN_FILE_NAMES = re.compile(r'[\x00-\x1f\\/:*?"<>|]')
_LONGEST_NAME = 60


def _file_name(called: str, name: str) -> str:
    """Return a file name that is valid on any file system and unique for each name."""
    plain = _NOT_IN_FILE_NAMES.sub("_", called)[:_LONGEST_NAME]
    return plain if plain == name else f"{plain}-{sha256(name.encode()).hexdigest()[:8]}"
