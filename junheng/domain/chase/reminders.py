"""Reminders: a rung owed to a recipient, once in a cycle, and what may become of it."""

from collections.abc import Mapping
from enum import StrEnum


class Status(StrEnum):
    """Where a reminder stands.

    Sent is what went out without a clear answer; delivered is what the platform said so of.
    """

    PLANNED = "planned"
    CLAIMED = "claimed"
    SENT = "sent"
    DELIVERED = "delivered"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    ACKNOWLEDGED = "acknowledged"
    # Outside production: laid in the outbox, and nobody was told.
    WITHHELD = "withheld"


S = Status
_WENT_OUT = frozenset({S.SENT, S.DELIVERED, S.REFUSED, S.UNKNOWN, S.WITHHELD})
CHANGES: Mapping[Status, frozenset[Status]] = {
    S.PLANNED: frozenset({S.CLAIMED}),
    # Claimed or sent and found not to have arrived, a reminder is owed as before.
    S.CLAIMED: _WENT_OUT | {S.PLANNED},
    S.SENT: _WENT_OUT - {S.SENT} | {S.PLANNED},
    # Its card may be tried again as it stands, before anything is owed anew.
    S.REFUSED: frozenset({S.PLANNED, S.CLAIMED}),
    S.DELIVERED: frozenset({S.ACKNOWLEDGED}),
    # By `junheng resend`.
    S.UNKNOWN: frozenset({S.PLANNED, S.DELIVERED}),
    S.ACKNOWLEDGED: frozenset(),
    S.WITHHELD: frozenset(),
}
# What its reader has still to be told: everything else was told, may have been, or is let be.
TO_BE_TOLD = frozenset({S.PLANNED, S.REFUSED})
TOLD = frozenset(Status) - TO_BE_TOLD


def origins(to: Status) -> frozenset[Status]:
    """Return from where the table leads to a status."""
    return frozenset(status for status, following in CHANGES.items() if to in following)
