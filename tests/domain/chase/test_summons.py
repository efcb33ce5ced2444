"""The summons list: the units listed, their rung, and their oldest due date."""

from datetime import date
from typing import Any

from junheng.domain.chase.digests import Chased
from junheng.domain.chase.ladder import LadderKind
from junheng.domain.chase.summons import summoned
from junheng.domain.workdays import CalendarYear, WorkCalendar
from junheng.rulebook import Rulebook
from tests.domain.chase.one_card import remediation

CALENDAR = WorkCalendar((CalendarYear.of(2025, holidays=[]),))
# Ten and fifteen workdays after Monday 17 November 2025.
SUMMONED, ACCOUNTABLE = date(2025, 12, 1), date(2025, 12, 8)


def chased(
    rulebook: Rulebook, number: int, kind: LadderKind = LadderKind.USUAL, **changes: Any
) -> Chased:
    return remediation(number, ladder=rulebook.ladder.of(kind), **changes)


def test_a_unit_is_listed_once_with_all_its_remediations(rulebook: Rulebook) -> None:
    listed = summoned(
        [chased(rulebook, number) for number in (2, 1)], today=SUMMONED, calendar=CALENDAR
    )

    (unit,) = listed
    assert (unit.lead, unit.rung.label) == ("区教育局", "约谈")
    assert (unit.oldest_due_on, unit.workdays_overdue) == (date(2025, 11, 17), 10)
    assert unit.references == ("370405-2025-0001", "370405-2025-0002")


def test_a_remediation_below_summons_is_not_listed(rulebook: Rulebook) -> None:
    friday = date(2025, 11, 28)

    assert summoned([chased(rulebook, 1)], today=friday, calendar=CALENDAR) == ()


def test_each_remediation_is_judged_by_its_own_ladder(rulebook: Rulebook) -> None:
    veto = chased(rulebook, 1, LadderKind.VETO, lead="区公安分局")

    (unit,) = summoned([veto, chased(rulebook, 2)], today=date(2025, 11, 20), calendar=CALENDAR)

    assert (unit.lead, unit.rung.name, unit.workdays_overdue) == ("区公安分局", "summons", 3)


def test_a_unit_has_its_highest_rung_and_the_longest_overdue_unit_is_first(
    rulebook: Rulebook,
) -> None:
    listed = summoned(
        [
            chased(rulebook, 1, due_on=date(2025, 11, 24)),
            chased(rulebook, 2),
            chased(rulebook, 3, lead="区财政局", due_on=date(2025, 11, 10)),
        ],
        today=ACCOUNTABLE,
        calendar=CALENDAR,
    )

    assert [(unit.lead, unit.rung.name) for unit in listed] == [
        ("区财政局", "accountability"),
        ("区教育局", "accountability"),
    ]
