"""Snapshots of remediations: serialising and parsing loses nothing."""

import json
from datetime import date

from junheng.domain.history import hash_chain
from junheng.domain.ledger.lifecycle import Move
from junheng.domain.ledger.past_states import of_snapshot, snapshot
from junheng.domain.ledger.remediation import Remediation
from tests.domain.ledger.one_remediation import closed, draft, handed_over, moved, reported

LIVES = (
    draft(),
    handed_over(),
    reported(),
    closed(),
    moved(closed(), Move.REOPEN, date(2026, 10, 20)),
    moved(handed_over(), Move.SUSPEND),
    moved(handed_over(), Move.WAIVE),
    moved(handed_over(), Move.ASK_EXTENSION),
    moved(handed_over(), Move.DISPUTE),
)


def kept(remediation: Remediation) -> dict[str, object]:
    """Return a snapshot as read from the database."""
    read: dict[str, object] = json.loads(hash_chain.canonical(snapshot(remediation)))
    return read


def test_a_snapshot_round_trip_preserves_every_status() -> None:
    assert tuple(of_snapshot(kept(remediation)) for remediation in LIVES) == LIVES


def test_missing_fields_of_an_older_snapshot_get_defaults() -> None:
    older = kept(handed_over())
    for name in ("milestones", "progress", "carried_over", "waived_until"):
        del older[name]

    read = of_snapshot(older)

    assert (read.milestones, read.progress, read.carried_over) == ((), "", 0)
    assert read.parts == handed_over().parts


def test_unknown_fields_of_a_snapshot_are_ignored() -> None:
    assert of_snapshot(kept(reported()) | {"colour": "blue"}) == reported()
