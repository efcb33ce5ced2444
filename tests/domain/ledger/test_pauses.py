"""A suspension stops the clock: after it, as many workdays are left as before."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junheng.domain.ledger import moves
from junheng.domain.ledger.lifecycle import Move, Status
from junheng.domain.workdays import WorkCalendar, workdays_between
from junheng.rulebook import Rulebook
from tests.domain.ledger.one_remediation import CALENDAR, OPENED, TERMS, act, handed_over, moved

TUESDAY = date(2025, 10, 21)
DAYS = st.dates(min_value=OPENED, max_value=date(2026, 6, 30))


def test_resuming_restores_the_status_and_moves_dates_by_the_pause() -> None:
    begun = moved(handed_over(), Move.RECEIPT, TUESDAY)

    stopped = moved(begun, Move.SUSPEND, date(2025, 10, 23))
    resumed = moved(stopped, Move.RESUME, date(2025, 11, 6))

    assert (stopped.status, stopped.stood_at) == (Status.SUSPENDED, Status.RECEIPTED)
    assert (stopped.suspended_on, stopped.due_on) == (date(2025, 10, 23), date(2025, 11, 17))
    assert (resumed.status, resumed.stood_at, resumed.suspended_on) == (
        Status.RECEIPTED,
        None,
        None,
    )
    # Ten workdays, from Thursday 23 October to Thursday 6 November 2025.
    assert resumed.due_on == date(2025, 12, 1)
    assert {part.due_on for part in resumed.parts} == {date(2025, 11, 26)}
    assert resumed.cycle == 2


def test_a_late_receipt_before_the_pause_stays_late() -> None:
    # The receipt was due on Wednesday 22 October 2025.
    late = moved(handed_over(), Move.RECEIPT, date(2025, 10, 24))

    resumed = moved(moved(late, Move.SUSPEND, date(2025, 10, 27)), Move.RESUME, date(2025, 11, 10))

    assert (resumed.receipt_due_on, resumed.receipted_on) == (
        date(2025, 10, 22),
        date(2025, 10, 24),
    )


def test_an_open_receipt_date_moves_too() -> None:
    stopped = moved(handed_over(), Move.SUSPEND, TUESDAY)

    resumed = moved(stopped, Move.RESUME, date(2025, 10, 28))

    assert resumed.receipt_due_on == date(2025, 10, 29)
    assert {part.receipt_due_on for part in resumed.parts} == {date(2025, 10, 29)}


def test_a_finished_part_keeps_its_dates() -> None:
    done = moves.move_part(handed_over(), act(Move.REPORT, TUESDAY, unit="区财政局"))

    resumed = moved(moved(done, Move.SUSPEND, TUESDAY), Move.RESUME, date(2025, 11, 4))

    own, other = resumed.parts
    assert own == done.parts[0]
    assert other.due_on == date(2025, 11, 26)


def test_a_requested_extension_moves_too() -> None:
    asked = moved(handed_over(), Move.ASK_EXTENSION, TUESDAY, until=date(2025, 11, 20))

    stopped = moved(asked, Move.SUSPEND, TUESDAY)
    resumed = moved(stopped, Move.RESUME, date(2025, 11, 4))
    granted = moved(resumed, Move.GRANT_EXTENSION, date(2025, 11, 5))

    assert resumed.due_on == date(2025, 12, 1)
    assert granted.due_on == date(2025, 12, 4)


def test_a_requested_rest_day_that_is_no_longer_later_is_removed() -> None:
    friday, saturday = date(2025, 11, 14), date(2025, 11, 15)
    out = replace(handed_over(), due_on=friday, parts=(), milestones=())
    asked = moved(out, Move.ASK_EXTENSION, until=saturday)
    stopped = moved(asked, Move.DISPUTE, date(2025, 10, 24))

    resumed = moved(stopped, Move.UPHOLD, date(2025, 10, 27))

    assert (resumed.due_on, resumed.extension_until) == (date(2025, 11, 17), None)


def test_over_new_year_only_workdays_count() -> None:
    stopped = moved(handed_over(), Move.SUSPEND, date(2025, 11, 14))

    resumed = moved(stopped, Move.RESUME, date(2026, 1, 5))

    # Due on the next workday when it stopped, so due on the next workday after it resumes.
    assert resumed.due_on == date(2026, 1, 6)


def test_over_new_year_and_spring_festival_by_the_calendar_of_the_country(
    rulebook: Rulebook,
) -> None:
    from junheng.adapters import provisional_calendars

    published = max(year.year for year in rulebook.calendar_years)
    foreseen = WorkCalendar(rulebook.calendar_years, provisional_calendars.provisional_year)
    terms = replace(TERMS, calendar=foreseen)
    opened = date(published, 12, 21)
    out = handed_over(opened, terms=terms)

    stopped_on, resumed_on = date(published, 12, 30), date(published + 1, 3, 2)

    stopped = moved(out, Move.SUSPEND, stopped_on, terms=terms)
    resumed = moved(stopped, Move.RESUME, resumed_on, terms=terms)

    assert terms.calendar.is_provisional(resumed.due_on)
    left = workdays_between(stopped_on, out.due_on, calendar=terms.calendar)
    assert workdays_between(resumed_on, resumed.due_on, calendar=terms.calendar) == left


@pytest.mark.parametrize("resumed_on", [date(2025, 10, 25), date(2025, 10, 26)])
def test_a_pause_over_a_weekend_moves_no_date(resumed_on: date) -> None:
    stopped = moved(handed_over(), Move.SUSPEND, date(2025, 10, 24))

    resumed = moved(stopped, Move.RESUME, resumed_on)

    assert resumed.due_on == handed_over().due_on


@given(stopped_on=DAYS, resumed_on=DAYS)
def test_as_many_workdays_are_left_as_when_it_stopped(stopped_on: date, resumed_on: date) -> None:
    stopped_on, resumed_on = sorted((stopped_on, resumed_on))

    stopped = moved(handed_over(), Move.SUSPEND, stopped_on)
    resumed = moved(stopped, Move.RESUME, resumed_on)

    for before, after in (
        (stopped.due_on, resumed.due_on),
        (stopped.receipt_due_on, resumed.receipt_due_on),
        (stopped.parts[0].due_on, resumed.parts[0].due_on),
    ):
        left = workdays_between(stopped_on, before, calendar=CALENDAR)
        assert workdays_between(resumed_on, after, calendar=CALENDAR) == left
    assert all(part.due_on <= resumed.due_on for part in resumed.parts)
    assert resumed.milestones[-1].due_on == resumed.due_on
