"""Waivers end automatically on the day after their last day."""

from datetime import date

from junheng.adapters import clock
from junheng.domain.ledger.lifecycle import Move, Status
from junheng.domain.ledger.remediation import Act
from tasks.ledger import acts, recurring, waivers
from tests.tasks.ledger.test_recurring import OPENS, instances
from tests.tasks.ledgers import REFERENCE, TUESDAY, events, hand_over, kept

LAST_DAY = date(2025, 11, 28)


def waive(reference: str, on: date, until: date) -> None:
    wanted = Act(Move.WAIVE, "张三", on, reason="校舍在建", until=until, approved_by="李四")
    acts.act(reference, wanted, now=clock.now())


def test_a_waiver_is_valid_on_its_last_day() -> None:
    hand_over()
    waive(REFERENCE, TUESDAY, LAST_DAY)

    assert waivers.lapse_due(LAST_DAY, now=clock.now()) == 0
    assert kept().status is Status.WAIVED


def test_the_day_after_it_is_handed_over_once_with_a_full_time_limit() -> None:
    hand_over()
    waive(REFERENCE, TUESDAY, LAST_DAY)

    assert waivers.lapse_due(date(2025, 12, 1), now=clock.now()) == 1
    assert waivers.lapse_due(date(2025, 12, 1), now=clock.now()) == 0

    assert (kept().status, kept().due_on) == (Status.HANDED_OVER, date(2025, 12, 29))
    assert [event.move for event in events()][-3:] == ["lapse", "sign_off", "hand_over"]


def test_a_fixed_date_that_passed_during_the_waiver_is_extended() -> None:
    recurring.open_due(OPENS, now=clock.now())
    (instance,) = instances("D01")
    waive(instance.reference, OPENS, date(2026, 1, 9))

    waivers.lapse_due(date(2026, 1, 12), now=clock.now())

    assert kept(instance.reference).due_on == date(2026, 1, 19)
