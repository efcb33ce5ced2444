"""A remediation climbs the ladder of the day it was opened, until it is opened anew."""

from dataclasses import replace
from datetime import date

import pytest

from junheng.domain.ledger.lifecycle import Move
from junheng.domain.ledger.past_states import of_snapshot, snapshot
from junheng.domain.ledger.remediation import Remediation
from tests.domain.ledger.one_remediation import TERMS, closed, handed_over, moved, reported

THEN, NOW = replace(TERMS, ladder="then"), replace(TERMS, ladder="now")
TUESDAY, NEXT_JULY = date(2025, 10, 21), date(2026, 7, 6)


def out() -> Remediation:
    return handed_over(terms=THEN)


def reported_then() -> Remediation:
    return replace(reported(), ladder="then")


def paused(move: Move) -> Remediation:
    return moved(out(), move, TUESDAY, terms=NOW)


@pytest.mark.parametrize(
    ("before", "move"),
    [
        (out(), Move.CARRY_OVER),
        (out(), Move.FOLLOW),
        (out(), Move.ASK_EXTENSION),
        (replace(out(), extension_until=date(2025, 12, 1)), Move.GRANT_EXTENSION),
        (reported_then(), Move.SEND_BACK),
        (reported_then(), Move.FAIL_AGAIN),
        (paused(Move.SUSPEND), Move.RESUME),
        (paused(Move.DISPUTE), Move.UPHOLD),
        (out(), Move.WAIVE),
    ],
)
def test_what_goes_on_keeps_the_one_it_was_opened_under(before: Remediation, move: Move) -> None:
    assert moved(before, move, TUESDAY, terms=NOW).ladder == "then"


@pytest.mark.parametrize(
    ("before", "move"),
    [
        (moved(out(), Move.WAIVE, TUESDAY), Move.LAPSE),
        (replace(closed(), ladder="then"), Move.REOPEN),
        (paused(Move.DISPUTE), Move.REASSIGN),
    ],
)
def test_what_opens_anew_climbs_that_of_the_day(before: Remediation, move: Move) -> None:
    assert before.ladder == "then"
    assert moved(before, move, NEXT_JULY, terms=NOW).ladder == "now"


def test_the_day_it_is_handed_over_counts_and_not_the_day_it_was_drafted() -> None:
    drafted = moved(replace(closed(), ladder="then"), Move.REOPEN, TUESDAY, terms=THEN)

    signed = moved(drafted, Move.SIGN_OFF, TUESDAY, terms=NOW)

    assert signed.ladder == "then"
    assert moved(signed, Move.HAND_OVER, TUESDAY, terms=NOW).ladder == "now"


def test_a_snapshot_of_before_says_nothing_of_it() -> None:
    values = snapshot(out())
    assert values.pop("ladder") == "then"

    assert of_snapshot(values).ladder == ""
