"""Presses in a real database: each is stored once and settled once."""

from datetime import UTC, datetime

import pytest

from junheng.domain.chase.message_status import NoticeStatus
from junheng.domain.chase.reminders import Status
from junheng.domain.chat.interactions import Press, PressKind, PressStatus
from junheng.domain.ledger.lifecycle import Move
from junheng.store import presses
from junheng.store.database import database
from junheng.store.rows import stored_id
from junheng.store.tables.chase import NoticeRow, ReminderRow

DISTRICT = "370405"
NOW = datetime(2025, 11, 4, 1, 15, tzinfo=UTC)
PRESS = Press(
    key="button:C1:1.0:junheng.receipt:2.0:U1",
    kind=PressKind.BUTTON,
    move=Move.RECEIPT,
    team="T1",
    user="U1",
    channel="C1",
    ts="1.0",
)


@pytest.fixture
def number(address: str) -> int:
    with database.session(address) as session:
        kept = presses.write_down(session, DISTRICT, PRESS, envelope="E1", now=NOW)
    assert kept is not None
    return kept.id


def settle(address: str, number: int, *, status: PressStatus, outcome: str) -> bool:
    with database.session(address) as session:
        return presses.settle(session, number, status=status, outcome=outcome, now=NOW)


def test_a_press_is_stored_once(address: str, number: int) -> None:
    with database.session(address) as session:
        again = presses.write_down(session, DISTRICT, PRESS, envelope="E2", now=NOW)
        known = presses.keyed(session, PRESS.key)

    assert again is None
    assert known is not None
    assert (known.id, known.envelope, known.press) == (number, "E1", PRESS)


def test_a_press_is_settled_once(address: str, number: int) -> None:
    assert settle(address, number, status=PressStatus.DONE, outcome="✓")
    assert not settle(address, number, status=PressStatus.REFUSED, outcome="……")

    with database.session(address) as session:
        assert presses.one(session, number).outcome == "✓"


def test_a_press_is_unfinished_until_it_is_shown(address: str, number: int) -> None:
    settle(address, number, status=PressStatus.DONE, outcome="✓")

    with database.session(address) as session:
        before = presses.unfinished(session, DISTRICT)
        presses.mark_shown(session, number, now=NOW)
        after = presses.unfinished(session, DISTRICT)

    assert ([press.id for press in before], after) == ([number], ())


def test_outcomes_are_found_by_their_card(address: str, number: int) -> None:
    with database.session(address) as session:
        nothing = presses.done_on(session, DISTRICT, "C1:1.0")
    settle(address, number, status=PressStatus.DONE, outcome="✓")

    with database.session(address) as session:
        assert nothing == ()
        assert [press.outcome for press in presses.done_on(session, DISTRICT, "C1:1.0")] == ["✓"]
        assert presses.done_on(session, DISTRICT, "C1:9.0") == ()


def test_a_card_is_found_by_its_receipt_with_its_references(address: str) -> None:
    with database.session(address) as session:
        notice = NoticeRow(
            key="370405:2025-11-03:区教育局",
            district_code=DISTRICT,
            recipient="区教育局",
            address="#区教育局",
            channel="slack",
            planned_on=NOW.date(),
            text="……",
            status=NoticeStatus.SENT,
            receipt="C1:1.0",
        )
        session.add(notice)
        session.flush()
        for rung in ("handed_over", "reminder"):
            session.add(
                ReminderRow(
                    notice_id=stored_id(notice),
                    reference="370405-2025-0001",
                    cycle=1,
                    rung=rung,
                    recipient="区教育局",
                    district_code=DISTRICT,
                    status=Status.DELIVERED,
                    planned_on=NOW.date(),
                )
            )

    with database.session(address) as session:
        card = presses.card_at(session, DISTRICT, "C1:1.0")
        assert presses.card_at(session, DISTRICT, "C1:2.0") is None
        assert presses.card_at(session, "370406", "C1:1.0") is None

    assert card is not None
    assert card.key == "370405:2025-11-03:区教育局"
    assert card.references == ("370405-2025-0001",)
