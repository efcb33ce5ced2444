"""Where a card or an alarm stands on its way to its reader."""

from enum import StrEnum


class NoticeStatus(StrEnum):
    """Where a card stands: `sending` outlives its sender only when that was killed."""

    OWED = "owed"
    SENDING = "sending"
    SENT = "sent"
    # Outside production: laid in the outbox, and nobody was told.
    WITHHELD = "withheld"
    UNCONFIRMED = "unconfirmed"
    # Owed, and out of date before it went: what is still to be told stands on another card.
    WITHDRAWN = "withdrawn"


class AlarmStatus(StrEnum):
    """Where an alarm stands; `sending` outlives its sender only when that was killed."""

    OWED = "owed"
    SENDING = "sending"
    SENT = "sent"
    # Outside production: laid in the outbox, and nobody was told.
    WITHHELD = "withheld"
    UNCONFIRMED = "unconfirmed"
    # Nobody was to be told: it stands in the outbox's list of alarms alone.
    NOTED = "noted"
    # What it told of was put right before it could go out.
    WITHDRAWN = "withdrawn"
