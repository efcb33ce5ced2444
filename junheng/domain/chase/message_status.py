"""The status of a card and of an alarm."""

from enum import StrEnum


class NoticeStatus(StrEnum):
    """The status of a card: it stays `sending` only if its process was killed."""

    OWED = "owed"
    SENDING = "sending"
    SENT = "sent"
    # Outside production: written to the outbox, and sent to no recipient.
    WITHHELD = "withheld"
    UNCONFIRMED = "unconfirmed"
    # Outdated before it was sent: another card contains the reminders that are still owed.
    WITHDRAWN = "withdrawn"


class AlarmStatus(StrEnum):
    """The status of an alarm: it stays `sending` only if its process was killed."""

    OWED = "owed"
    SENDING = "sending"
    SENT = "sent"
    # Outside production: written to the outbox, and sent to no recipient.
    WITHHELD = "withheld"
    UNCONFIRMED = "unconfirmed"
    # No alarm route is set: it is only in the list of alarms in the outbox.
    NOTED = "noted"
    # Its cause was resolved before it was sent.
    WITHDRAWN = "withdrawn"
