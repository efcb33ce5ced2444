"""A remediation keeps the ladder in force when it was handed over, until it is opened again."""

from dataclasses import replace
from datetime import date

import pytest

from junheng.domain.ledger.lifecycle import Move
from junheng.domain.ledger.past_states import of_snapshot, snapshot
from junheng.domain.ledger.remediation import Remediation
from tests.domain.ledger.one_remediation import TERMS, closed, handed_over, moved, reported

THEN, NOW = replace(TERMS, ladder="then"), replace(TERMS, ladder="now")
TUESDAY, NEXT_JULY = date(2025, 10, 21), date(2026, 7, 6)


def handed_over_then() -> Remediation:
    return handed_over(terms=THEN)


def reported_then() -> Remediation:
    return replace(reported(), ladder="then")


def paused(move: Move) -> Remediation:
    return moved(handed_over_then(), move, TUESDAY, terms=NOW)


@pytest.mark.parametrize(
    ("before", "move"),
    [
        (handed_over_then(), Move.CARRY_OVER),
        (handed_over_then(), Move.FOLLOW),
        (handed_over_then(), Move.ASK_EXTENSION),
        (replace(handed_over_then(), extension_until=date(2025, 12, 1)), Move.GRANT_EXTENSION),
        (reported_then(), Move.SEND_BACK),
        (reported_then(), Move.FAIL_AGAIN),
        (paused(Move.SUSPEND), Move.RESUME),
        (paused(Move.DISPUTE), Move.UPHOLD),
        (handed_over_then(), Move.WAIVE),
    ],
)
def test_a_continued_remediation_keeps_its_ladder(before: Remediation, move: Move) -> None:
    assert moved(before, move, TUESDAY, terms=NOW).ladder == "then"


@pytest.mark.parametrize(
    ("before", "move"),
    [
        (moved(handed_over_then(), Move.WAIVE, TUESDAY), Move.LAPSE),
        (replace(closed(), ladder="then"), Move.REOPEN),
        (paused(Move.DISPUTE), Move.REASSIGN),
    ],
)
def test_a_remediation_opened_again_gets_the_current_ladder(
    before: Remediation, move: Move
) -> None:
    assert before.ladder == "then"
    assert moved(before, move, NEXT_JULY, terms=NOW).ladder == "now"


def test_the_ladder_is_set_on_handing_over_and_not_on_drafting() -> None:
    drafted = moved(replace(closed(), ladder="then"), Move.REOPEN, TUESDAY, terms=THEN)

    signed = moved(drafted, Move.SIGN_OFF, TUESDAY, terms=NOW)

    assert signed.ladder == "then"
    assert moved(signed, Move.HAND_OVER, TUESDAY, terms=NOW).ladder == "now"


def test_an_older_snapshot_has_no_ladder() -> None:
    values = snapshot(handed_over_then())
    assert values.pop("ladder") == "then"

    assert of_snapshot(values).ladder == ""
