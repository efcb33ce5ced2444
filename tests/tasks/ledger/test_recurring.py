"""Recurring duties open automatically, each instance once, also over New Year."""

from collections import Counter
from datetime import date

from junheng import bootstrap
from junheng.adapters import clock
from junheng.domain.ledger.lifecycle import Status
from junheng.domain.ledger.remediation import Remediation
from junheng.store import notices, remediations
from tasks.chase import cards as chasing
from tasks.ledger import recurring

DISTRICT = "370405"
# Twenty workdays before Wednesday 31 December 2025.
OPENS = date(2025, 12, 3)


def instances(duty: str) -> list[Remediation]:
    with bootstrap.session() as session:
        return [item for item in remediations.ledger(session, DISTRICT) if item.indicator == duty]


def test_a_yearly_duty_is_handed_over_with_its_own_date_and_its_supporting_units() -> None:
    recurring.open_due(OPENS, now=clock.now())

    (instance,) = instances("D01")
    assert (instance.status, instance.period, instance.unit) == (
        Status.HANDED_OVER,
        "2025",
        "区教育局",
    )
    assert (instance.opened_on, instance.due_on) == (OPENS, date(2025, 12, 31))
    assert instance.supporting == ("区发改局", "区规划分局", "区国土资源分局", "区住建局")
    assert instance.reference.startswith("370405-2025-")


def test_a_duty_of_the_towns_is_opened_for_each_town() -> None:
    recurring.open_due(OPENS, now=clock.now())

    owners = Counter(instance.unit for instance in instances("D19"))
    assert owners == dict.fromkeys(bootstrap.rulebook().district.towns, 1)


def test_a_second_run_on_the_same_day_opens_nothing() -> None:
    assert recurring.open_due(OPENS, now=clock.now()) > 0
    assert recurring.open_due(OPENS, now=clock.now()) == 0


def test_over_new_year_the_old_instance_stays_and_no_new_one_opens_early() -> None:
    recurring.open_due(OPENS, now=clock.now())

    recurring.open_due(date(2025, 12, 31), now=clock.now())
    recurring.open_due(date(2026, 1, 1), now=clock.now())

    (old,) = instances("D01")
    assert (old.period, old.due_on, old.status) == (
        "2025",
        date(2025, 12, 31),
        Status.HANDED_OVER,
    )


def test_after_an_outage_of_a_year_both_instances_are_open_once() -> None:
    recurring.open_due(OPENS, now=clock.now())

    recurring.open_due(date(2026, 12, 30), now=clock.now())
    recurring.open_due(date(2026, 12, 31), now=clock.now())

    assert [instance.period for instance in instances("D01")] == ["2025", "2026"]
    assert [instance.reference[:11] for instance in instances("D01")] == [
        "370405-2025",
        "370405-2026",
    ]


def test_the_card_names_the_duty_and_its_period() -> None:
    recurring.open_due(OPENS, now=clock.now())
    chasing.owe_cards(OPENS, clock=clock.now)

    with bootstrap.session() as session:
        cards = {row.recipient: row.text for row in notices.listing(session, DISTRICT)}
    assert "· D01 学校布局规划落实情况专项督导（2025年）；依据：重点任务1" in cards["区教育局"]
