"""Remediations read back from the history: nothing is lost on the way there and back."""

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


def kept(one: Remediation) -> dict[str, object]:
    """Return a snapshot as the database gives it back."""
    read: dict[str, object] = json.loads(hash_chain.canonical(snapshot(one)))
    return read


def test_what_is_read_back_is_what_was_told_wherever_it_stood() -> None:
    assert tuple(of_snapshot(kept(one)) for one in LIVES) == LIVES


def test_an_older_snapshot_that_says_less_is_as_by_default() -> None:
    older = kept(handed_over())
    for name in ("milestones", "progress", "carried_over", "waived_until"):
        del older[name]

    read = of_snapshot(older)

    assert (read.milestones, read.progress, read.carried_over) == ((), "", 0)
    assert read.parts == handed_over().parts


def test_what_a_snapshot_says_besides_is_left() -> None:
    assert of_snapshot(kept(reported()) | {"colour": "blue"}) == reported()
