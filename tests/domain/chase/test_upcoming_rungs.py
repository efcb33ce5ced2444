"""Upcoming rungs have the days on which the chase reaches them, and the names of the readers."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from junheng.domain.chase import upcoming_rungs
from junheng.domain.chase.digests import rung_reached
from junheng.domain.chase.ladder import LadderKind
from junheng.domain.ledger.lifecycle import Move
from junheng.domain.workdays import CalendarYear, WorkCalendar
from junheng.rulebook import Rulebook
from tests.domain.ledger.one_remediation import handed_over, moved

CALENDAR = WorkCalendar(
    (CalendarYear.of(2025, holidays=[]), CalendarYear.of(2026, holidays=[date(2026, 1, 1)]))
)
OPENED = date(2025, 10, 20)


def ahead(today: date, rulebook: Rulebook, due: date) -> list[tuple[date, str, tuple[str, ...]]]:
    remediation = replace(handed_over(), due_on=due, parts=())
    found = upcoming_rungs.ahead(
        remediation,
        ladder=rulebook.ladder.of(LadderKind.USUAL),
        contacts=rulebook.contacts,
        today=today,
        calendar=CALENDAR,
    )
    return [(upcoming.on, upcoming.rung.label, upcoming.names) for upcoming in found]


def test_on_opening_all_rungs_are_listed_with_dates_and_names(rulebook: Rulebook) -> None:
    lead, office = "区教育局联系人", "创建办联系人"

    # Due on Monday 17 November 2025.
    assert ahead(OPENED, rulebook, date(2025, 11, 17)) == [
        (date(2025, 11, 10), "临期提醒", (lead,)),
        (date(2025, 11, 17), "今日到期", (lead,)),
        (date(2025, 11, 18), "催办", (lead,)),
        (date(2025, 11, 24), "督办", (lead, office)),
        (date(2025, 12, 1), "约谈", (lead, office)),
        # The sample's heads have no address: their contacts hand the rung up.
        (date(2025, 12, 8), "问责", (lead, office)),
    ]


def test_a_rung_that_was_reached_is_not_listed(rulebook: Rulebook) -> None:
    found = ahead(date(2025, 11, 18), rulebook, date(2025, 11, 17))

    assert [label for _, label, _ in found] == ["督办", "约谈", "问责"]


def test_a_supporting_unit_that_reported_is_not_named(rulebook: Rulebook) -> None:
    receipted = moved(handed_over(), Move.RECEIPT)
    done = replace(receipted.parts[0], reported_on=date(2025, 10, 22))
    remediation = replace(receipted, parts=(done, *receipted.parts[1:]))

    found = upcoming_rungs.ahead(
        remediation,
        ladder=rulebook.ladder.of(LadderKind.USUAL),
        contacts=rulebook.contacts,
        today=OPENED,
        calendar=CALENDAR,
    )

    names = {name for upcoming in found for name in upcoming.names}
    assert "区财政局联系人" not in names
    assert "运河街道联系人" in names


@given(days=st.integers(1, 70))
def test_the_chase_reaches_each_rung_on_its_day_and_not_the_day_before(
    rulebook: Rulebook, days: int
) -> None:
    due = OPENED + timedelta(days)
    remediation = replace(handed_over(), opened_on=OPENED, due_on=due)
    for rung in rulebook.ladder.rungs:
        if rung.workdays_to_due is None:
            continue
        day = upcoming_rungs.reached_on(rung.workdays_to_due, due, calendar=CALENDAR)
        if day <= OPENED:
            continue
        on_it, before = (
            rung_reached(remediation, due_on=due, rungs=[rung], today=today, calendar=CALENDAR)
            for today in (day, day - timedelta(1))
        )
        assert (on_it, before) == (rung, None)
