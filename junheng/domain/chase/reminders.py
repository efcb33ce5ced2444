"""Reminders: a rung owed to a recipient, once in a cycle; their statuses and transitions."""

from collections.abc import Mapping
from enum import StrEnum


class Status(StrEnum):
    """The status of a reminder.

    `sent` had no clear answer of the platform; `delivered` was confirmed by it.
    """

    PLANNED = "planned"
    CLAIMED = "claimed"
    SENT = "sent"
    DELIVERED = "delivered"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    ACKNOWLEDGED = "acknowledged"
    # Outside production: written to the outbox, and sent to no recipient.
    WITHHELD = "withheld"


S = Status
_WENT_OUT = frozenset({S.SENT, S.DELIVERED, S.REFUSED, S.UNKNOWN, S.WITHHELD})
CHANGES: Mapping[Status, frozenset[Status]] = {
    S.PLANNED: frozenset({S.CLAIMED}),
    # A claimed or sent reminder that did not arrive is owed again.
    S.CLAIMED: _WENT_OUT | {S.PLANNED},
    S.SENT: _WENT_OUT - {S.SENT} | {S.PLANNED},
    # Its card may be retried unchanged, before its reminders are planned again.
    S.REFUSED: frozenset({S.PLANNED, S.CLAIMED}),
    S.DELIVERED: frozenset({S.ACKNOWLEDGED}),
    # By `junheng resend`.
    S.UNKNOWN: frozenset({S.PLANNED, S.DELIVERED}),
    S.ACKNOWLEDGED: frozenset(),
    S.WITHHELD: frozenset(),
}
# Still to be sent; all others were sent, may have been sent, or are not sent any more.
TO_BE_TOLD = frozenset({S.PLANNED, S.REFUSED})
TOLD = frozenset(Status) - TO_BE_TOLD


def origins(to: Status) -> frozenset[Status]:
    """Return the statuses from which a status can be reached."""
    return frozenset(status for status, following in CHANGES.items() if to in following)
