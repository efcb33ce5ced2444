"""The sentences of config/wording/listings.yaml: headings of the tables on a terminal."""

from typing import Annotated

from junheng.wording.words import Names, Takes, Words

_Window = Annotated[str, Takes("opens", "closes")]


class ReminderNames(Names):
    """A name for each `Status` of a reminder."""

    planned: str
    claimed: str
    sent: str
    delivered: str
    refused: str
    unknown: str
    acknowledged: str
    withheld: str


class OwedReasons(Names):
    """A text for each reason for which a card is still owed (`unsent.Why`)."""

    not_written: _Window
    day_off: _Window
    window_closed: _Window
    next_run: _Window
    failed: _Window
    no_address: _Window
    in_flight: _Window
    unconfirmed: _Window


class ListingWords(Words):
    verdicts: tuple[str, ...]
    distances: tuple[str, ...]
    register_: tuple[str, ...]
    ledger: tuple[str, ...]
    waiting: tuple[str, ...]
    dead_corners: tuple[str, ...]
    head: Annotated[str, Takes("head")]
    notices: tuple[str, ...]
    rungs: tuple[str, ...]
    reminders: ReminderNames
    owed: tuple[str, ...]
    owed_why: OwedReasons
    unplaced: Annotated[str, Takes("file", "reason")]
    capped: Annotated[str, Takes("shown", "all")]
