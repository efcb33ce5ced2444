"""Chat: hands a card to Slack or lays it in the outbox, and says afterwards whether it arrived."""

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
    """We cannot send this card, because chat refuses its address or its text."""


class ChatClosed(NotDelivered, Refusal):
    """We cannot send any card, because chat does not let us in."""


class ChatFailing(NotDelivered):
    """We cannot send this card now, because chat is failing; it may do better later."""


class ChatUnreachable(ChatFailing):
    """We cannot send any card now, because chat is not reached, or asks us to wait."""


class DeliveryUncertain(Exception):
    """We cannot say whether the card arrived, because chat gave no clear answer."""


class DeliveryUnknown(Exception):
    """We cannot find out whether this card arrived, so a person must look."""


class Withheld(str):
    """The receipt of a card that was laid aside in a trial: whom it is addressed to got nothing."""

    __slots__ = ()


class Messenger(Protocol):
    """What the chase needs of chat."""

    channel: str

    def send(self, *, key: str, address: str, text: str, buttons: tuple[Button, ...] = ()) -> str:
        """Deliver a card and return a receipt; where buttons cannot be shown, there are none.

        Raises:
            NotDelivered: it did not arrive, and why.
            DeliveryUncertain: it may have arrived.
            DeliveryUnknown: a card of that key has arrived with another text.
        """

    def was_delivered(self, *, key: str, address: str, since: datetime) -> str | None:
        """Return the receipt of a card that somebody began to send, None if it never arrived.

        Raises:
            NotDelivered: chat does not answer today; ask again in a later run.
            DeliveryUnknown: it can never be found out here.
        """


class FileMessenger:
    """Lays each card in the outbox as `<day>/<district>-<recipient>.txt`, and shows it.

    `called` says what people call a recipient on a day.
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
            self._lay(target, letter.format(address=address, key=key, text=text))
            self._show(text)
        return self._receipt(target)

    def was_delivered(self, *, key: str, address: str, since: datetime) -> str | None:
        del address, since
        day = self._file_of(key).parent
        number = wording.packaged().outbox.number.format(key=key)
        # By its number, not by its name: what people call a recipient may have changed since.
        letters = (
            letter
            for letter in sorted(day.glob("*.txt"))
            if number in letter.read_text("utf-8", errors="replace")
        )
        return next(map(self._receipt, letters), None)

    def _lay(self, target: Path, letter: str) -> None:
        """Put a letter there whole or not at all; a killed process's half one is replaced."""
        half = target.with_name(f".{target.name}.half")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with half.open("w", encoding="utf-8") as file:
                file.write(letter)
                file.flush()
                os.fsync(file.fileno())
            half.replace(target)
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
    """Return what a file is called so that any file system takes it, still one for each name."""
    plain = _NOT_IN_FILE_NAMES.sub("_", called)[:_LONGEST_NAME]
    return plain if plain == name else f"{plain}-{sha256(name.encode()).hexdigest()[:8]}"
