"""Scorecards of a past day are always the same."""

from datetime import date

import pytest
from typer.testing import CliRunner

from app.cli.app import app
from junheng import bootstrap
from junheng.adapters import clock
from junheng.domain.duties.responsibilities import Assignment
from junheng.domain.ledger.lifecycle import Cause, Move
from junheng.domain.ledger.remediation import Act
from junheng.store import history
from tasks.ledger import acts, scorecards
from tests.tasks.ledgers import DISTRICT, MONDAY, REFERENCE, TUESDAY, WEDNESDAY, act, hand_over

THURSDAY = date(2025, 11, 6)
LATER = date(2026, 1, 15)


def reassigned() -> Act:
    assigned = Assignment("区住建局", (), "区住建局（二）")
    return Act(Move.REASSIGN, "裁定人", LATER, reason="职责清单", assigned=assigned)


def later_acts() -> tuple[tuple[Act, ...], ...]:
    """Return possible acts after the day of the scorecards."""
    closing = Act(Move.OVERRIDE_CLOSE, "创建办", LATER, reason="核实", cause=Cause.REAL_GAP)
    waiver = Act(
        Move.WAIVE, "张三", LATER, reason="撤并", approved_by="区长", until=date(2026, 6, 30)
    )
    return (
        (Act(Move.DISPUTE, "张三", LATER, reason="不归我局"), reassigned()),
        (Act(Move.SUSPEND, "张三", LATER, reason="停工", approved_by="区长"),),
        (waiver,),
        (closing,),
    )


@pytest.mark.parametrize("number", range(4), ids=["reassigned", "suspended", "waived", "closed"])
def test_later_acts_do_not_change_the_scorecards(number: int) -> None:
    hand_over()
    act(Move.RECEIPT)
    day = date(2025, 12, 15)
    before = scorecards.of_day(day)

    for later_act in later_acts()[number]:
        acts.act(REFERENCE, later_act, now=clock.now())

    assert scorecards.of_day(day) == before
    assert scorecards.of_day(LATER) != before


def test_the_head_of_the_chain_is_printed_below() -> None:
    hand_over()

    printed = CliRunner().invoke(app, ["scorecards", "--on", "2025-11-03"])

    with bootstrap.session() as session:
        head = history.head(session, DISTRICT)
    assert printed.stdout.endswith(f"台账链头 {head[:16]}\n")


def test_there_are_no_scorecards_before_the_hand_over() -> None:
    hand_over()

    assert not any(scorecards.of_day(date(2025, 11, 2)).values())
    assert any(scorecards.of_day(MONDAY).values())


def test_events_without_a_snapshot_are_ignored() -> None:
    hand_over()
    acts.act(REFERENCE, Act(Move.RECEIPT, "张三", WEDNESDAY, text='"became":{'), now=clock.now())

    with bootstrap.session() as session:
        stood = [
            history.snapshots(session, DISTRICT, until=day)[0]["status"]
            for day in (TUESDAY, WEDNESDAY, THURSDAY)
        ]
    assert stood == ["handed_over", "receipted", "receipted"]
