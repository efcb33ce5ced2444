"""Workdays in China, by the dates of the published notices."""

from collections.abc import Iterable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junheng.domain.workdays import (
    CalendarContradictory,
    CalendarMissing,
    CalendarYear,
    DayKind,
    TimeLimitEmpty,
    WorkCalendar,
    due_on,
    workdays_before,
    workdays_between,
)


def days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=offset) for offset in range((last - first).days + 1))


YEAR_2025 = CalendarYear.of(
    2025,
    holidays=[
        date(2025, 1, 1),
        *days(date(2025, 1, 28), date(2025, 2, 4)),
        *days(date(2025, 4, 4), date(2025, 4, 6)),
        *days(date(2025, 5, 1), date(2025, 5, 5)),
        *days(date(2025, 5, 31), date(2025, 6, 2)),
        *days(date(2025, 10, 1), date(2025, 10, 8)),
    ],
    makeup_days=[
        date(2025, 1, 26),
        date(2025, 2, 8),
        date(2025, 4, 27),
        date(2025, 9, 28),
        date(2025, 10, 11),
    ],
)
YEAR_2026 = CalendarYear.of(
    2026,
    holidays=[
        *days(date(2026, 1, 1), date(2026, 1, 3)),
        *days(date(2026, 2, 15), date(2026, 2, 23)),
        *days(date(2026, 4, 4), date(2026, 4, 6)),
        *days(date(2026, 5, 1), date(2026, 5, 5)),
        *days(date(2026, 6, 19), date(2026, 6, 21)),
        *days(date(2026, 9, 25), date(2026, 9, 27)),
        *days(date(2026, 10, 1), date(2026, 10, 7)),
    ],
    makeup_days=[
        date(2026, 1, 4),
        date(2026, 2, 14),
        date(2026, 2, 28),
        date(2026, 5, 9),
        date(2026, 9, 20),
        date(2026, 10, 10),
    ],
)
YEAR_2027 = CalendarYear.of(2027, holidays=[date(2027, 1, 1)], is_provisional=True)
CALENDAR = WorkCalendar((YEAR_2025, YEAR_2026, YEAR_2027))

# A limit of sixty workdays opened on any of these days still ends within the calendar.
opening_days = st.dates(date(2025, 1, 1), date(2027, 6, 30))
limits = st.integers(min_value=1, max_value=60)


class TestIsWorkday:
    def test_a_plain_monday_is_a_workday(self) -> None:
        assert CALENDAR.is_workday(date(2025, 10, 20))

    def test_a_plain_saturday_is_no_workday(self) -> None:
        assert not CALENDAR.is_workday(date(2025, 10, 18))

    def test_the_makeup_saturday_11_october_2025_is_a_workday(self) -> None:
        assert CALENDAR.is_workday(date(2025, 10, 11))

    def test_the_makeup_sunday_28_september_2025_is_a_workday(self) -> None:
        assert CALENDAR.is_workday(date(2025, 9, 28))

    def test_mid_autumn_on_monday_6_october_2025_is_no_workday(self) -> None:
        assert not CALENDAR.is_workday(date(2025, 10, 6))

    def test_a_year_without_a_calendar_names_the_missing_file(self) -> None:
        with pytest.raises(
            CalendarMissing,
            match=r"没有2031年的节假日安排.*请补充 config/calendar/2031\.yaml",
        ):
            CALENDAR.is_workday(date(2031, 3, 3))


class TestIsProvisional:
    def test_a_day_of_a_published_year_is_settled(self) -> None:
        assert not CALENDAR.is_provisional(date(2026, 12, 31))

    def test_a_day_of_a_year_awaiting_its_notice_is_provisional(self) -> None:
        assert CALENDAR.is_provisional(date(2027, 1, 4))

    def test_a_year_without_a_calendar_is_missing_and_not_provisional(self) -> None:
        with pytest.raises(CalendarMissing):
            CALENDAR.is_provisional(date(2031, 3, 3))


class TestKind:
    def test_a_day_of_a_published_year_is_a_workday_or_a_rest_day(self) -> None:
        assert CALENDAR.kind(date(2026, 1, 4)) is DayKind.WORK
        assert CALENDAR.kind(date(2026, 1, 2)) is DayKind.REST

    def test_a_day_of_a_year_without_its_notice_is_not_announced(self) -> None:
        assert CALENDAR.kind(date(2027, 1, 4)) is DayKind.NOT_ANNOUNCED

    def test_a_day_of_an_unknown_year_is_not_announced_either(self) -> None:
        assert CALENDAR.kind(date(2031, 3, 3)) is DayKind.NOT_ANNOUNCED


class TestAcrossNewYear:
    def test_a_range_until_31_december_2026_is_settled(self) -> None:
        assert not CALENDAR.is_provisional_between(date(2026, 12, 1), date(2026, 12, 31))

    def test_a_range_until_1_january_2027_is_provisional(self) -> None:
        assert CALENDAR.is_provisional_between(date(2026, 12, 1), date(2027, 1, 1))

    def test_new_years_day_2027_is_only_assumed_off(self) -> None:
        days = CALENDAR.assumed_rest_days(date(2026, 9, 1), date(2027, 1, 10))

        assert days == (date(2027, 1, 1),)


class TestForesee:
    FORESEEN = WorkCalendar(
        CALENDAR.years, lambda year: CalendarYear.of(year, holidays=[], is_provisional=True)
    )

    def test_a_far_year_is_provisional_and_not_missing(self) -> None:
        assert self.FORESEEN.is_provisional(date(2031, 3, 3))
        assert due_on(date(2030, 1, 2), workdays=1, calendar=self.FORESEEN) == date(2030, 1, 3)

    def test_a_year_before_the_first_one_is_still_missing(self) -> None:
        with pytest.raises(CalendarMissing):
            self.FORESEEN.is_workday(date(2017, 3, 3))


class TestNextWorkday:
    def test_of_a_workday_is_the_day_itself(self) -> None:
        assert CALENDAR.next_workday(date(2025, 10, 20)) == date(2025, 10, 20)

    def test_of_national_day_wednesday_1_october_2025_is_thursday_9_october(self) -> None:
        assert CALENDAR.next_workday(date(2025, 10, 1)) == date(2025, 10, 9)

    def test_of_spring_festival_sunday_15_february_2026_is_tuesday_24_february(self) -> None:
        assert CALENDAR.next_workday(date(2026, 2, 15)) == date(2026, 2, 24)

    def test_of_new_years_day_thursday_1_january_2026_is_the_makeup_sunday(self) -> None:
        assert CALENDAR.next_workday(date(2026, 1, 1)) == date(2026, 1, 4)


class TestPreviousWorkday:
    def test_of_a_workday_is_the_day_itself(self) -> None:
        assert CALENDAR.previous_workday(date(2025, 10, 20)) == date(2025, 10, 20)

    def test_of_mid_autumn_monday_6_october_2025_is_tuesday_30_september(self) -> None:
        assert CALENDAR.previous_workday(date(2025, 10, 6)) == date(2025, 9, 30)


class TestDueOn:
    def test_does_not_count_the_day_of_service_monday_20_october_2025(self) -> None:
        assert due_on(date(2025, 10, 20), workdays=1, calendar=CALENDAR) == date(2025, 10, 21)

    def test_five_workdays_from_a_monday_end_on_the_next_monday(self) -> None:
        assert due_on(date(2025, 10, 20), workdays=5, calendar=CALENDAR) == date(2025, 10, 27)

    def test_served_on_saturday_18_october_2025_starts_on_monday(self) -> None:
        assert due_on(date(2025, 10, 18), workdays=1, calendar=CALENDAR) == date(2025, 10, 20)

    def test_from_tuesday_30_september_2025_passes_over_national_day_and_mid_autumn(self) -> None:
        assert due_on(date(2025, 9, 30), workdays=1, calendar=CALENDAR) == date(2025, 10, 9)

    def test_from_tuesday_30_september_2025_counts_the_makeup_saturday_as_third(self) -> None:
        assert due_on(date(2025, 9, 30), workdays=3, calendar=CALENDAR) == date(2025, 10, 11)

    def test_does_not_count_a_makeup_saturday_twice(self) -> None:
        assert due_on(date(2025, 10, 11), workdays=1, calendar=CALENDAR) == date(2025, 10, 13)

    def test_from_friday_13_february_2026_two_workdays_surround_spring_festival(self) -> None:
        assert due_on(date(2026, 2, 13), workdays=2, calendar=CALENDAR) == date(2026, 2, 24)

    def test_from_wednesday_31_december_2025_ends_in_the_new_year(self) -> None:
        assert due_on(date(2025, 12, 31), workdays=1, calendar=CALENDAR) == date(2026, 1, 4)

    def test_from_tuesday_30_december_2025_may_end_on_the_last_day_of_the_year(self) -> None:
        assert due_on(date(2025, 12, 30), workdays=1, calendar=CALENDAR) == date(2025, 12, 31)

    def test_running_past_the_last_known_year_is_refused(self) -> None:
        with pytest.raises(CalendarMissing, match="2028"):
            due_on(date(2027, 12, 31), workdays=1, calendar=CALENDAR)

    @pytest.mark.parametrize("workdays", [0, -3])
    def test_a_time_limit_under_one_workday_is_refused(self, workdays: int) -> None:
        with pytest.raises(TimeLimitEmpty):
            due_on(date(2025, 10, 20), workdays=workdays, calendar=CALENDAR)

    @given(opened_on=opening_days, workdays=limits)
    def test_is_always_a_workday(self, opened_on: date, workdays: int) -> None:
        due = due_on(opened_on, workdays=workdays, calendar=CALENDAR)

        assert CALENDAR.is_workday(due)

    @given(opened_on=opening_days, workdays=limits)
    def test_one_workday_more_is_always_later(self, opened_on: date, workdays: int) -> None:
        shorter = due_on(opened_on, workdays=workdays, calendar=CALENDAR)
        longer = due_on(opened_on, workdays=workdays + 1, calendar=CALENDAR)

        assert longer > shorter


class TestWorkdaysBefore:
    def test_one_before_tuesday_21_october_2025_is_monday(self) -> None:
        day = workdays_before(date(2025, 10, 21), workdays=1, calendar=CALENDAR)

        assert day == date(2025, 10, 20)

    def test_a_rest_day_counts_as_the_workday_before_it(self) -> None:
        sunday = workdays_before(date(2025, 10, 26), workdays=1, calendar=CALENDAR)
        friday = workdays_before(date(2025, 10, 24), workdays=1, calendar=CALENDAR)

        assert sunday == friday == date(2025, 10, 23)

    def test_twenty_before_wednesday_31_december_2025_is_wednesday_3_december(self) -> None:
        day = workdays_before(date(2025, 12, 31), workdays=20, calendar=CALENDAR)

        assert day == date(2025, 12, 3)

    def test_goes_back_over_the_new_year(self) -> None:
        day = workdays_before(date(2026, 1, 4), workdays=1, calendar=CALENDAR)

        assert day == date(2025, 12, 31)

    def test_running_before_the_first_known_year_is_refused(self) -> None:
        with pytest.raises(CalendarMissing, match="2024"):
            workdays_before(date(2025, 1, 2), workdays=1, calendar=CALENDAR)

    def test_less_than_one_is_refused(self) -> None:
        with pytest.raises(TimeLimitEmpty):
            workdays_before(date(2025, 10, 20), workdays=0, calendar=CALENDAR)

    @given(day=st.dates(date(2025, 6, 1), date(2027, 12, 31)), workdays=limits)
    def test_leaves_exactly_the_workdays_asked_for(self, day: date, workdays: int) -> None:
        before = workdays_before(day, workdays=workdays, calendar=CALENDAR)

        assert CALENDAR.is_workday(before)
        assert workdays_between(before, day, calendar=CALENDAR) == workdays


class TestWorkdaysBetween:
    def test_a_day_and_itself_is_none(self) -> None:
        assert workdays_between(date(2025, 10, 20), date(2025, 10, 20), calendar=CALENDAR) == 0

    def test_monday_to_friday_of_one_week_is_four(self) -> None:
        assert workdays_between(date(2025, 10, 20), date(2025, 10, 24), calendar=CALENDAR) == 4

    def test_friday_26_september_to_monday_13_october_2025_counts_both_makeup_days(self) -> None:
        assert workdays_between(date(2025, 9, 26), date(2025, 10, 13), calendar=CALENDAR) == 7

    def test_friday_13_to_saturday_28_february_2026_counts_both_makeup_saturdays(self) -> None:
        assert workdays_between(date(2026, 2, 13), date(2026, 2, 28), calendar=CALENDAR) == 6

    def test_due_on_friday_and_asked_on_monday_is_one_workday_behind(self) -> None:
        assert workdays_between(date(2025, 10, 27), date(2025, 10, 24), calendar=CALENDAR) == -1

    def test_due_on_friday_and_asked_on_saturday_is_not_yet_behind(self) -> None:
        assert workdays_between(date(2025, 10, 25), date(2025, 10, 24), calendar=CALENDAR) == 0

    @given(opened_on=opening_days, workdays=limits)
    def test_opening_and_due_date_is_the_time_limit(self, opened_on: date, workdays: int) -> None:
        due = due_on(opened_on, workdays=workdays, calendar=CALENDAR)

        assert workdays_between(opened_on, due, calendar=CALENDAR) == workdays

    @given(start=opening_days, end=opening_days)
    def test_the_other_way_round_is_the_negative(self, start: date, end: date) -> None:
        forth = workdays_between(start, end, calendar=CALENDAR)
        back = workdays_between(end, start, calendar=CALENDAR)

        assert forth == -back


class TestCalendarYear:
    def test_a_day_of_another_year_is_refused(self) -> None:
        with pytest.raises(CalendarContradictory, match="2026年的节假日安排中出现了2025-10-01"):
            CalendarYear.of(2026, holidays=[date(2025, 10, 1)])

    def test_a_day_that_is_holiday_and_makeup_day_is_refused(self) -> None:
        saturday = date(2025, 10, 11)

        with pytest.raises(CalendarContradictory, match="2025-10-11"):
            CalendarYear.of(2025, holidays=[saturday], makeup_days=[saturday])

    def test_a_makeup_day_on_monday_13_october_2025_is_refused(self) -> None:
        with pytest.raises(CalendarContradictory, match="2025-10-13不是周末"):
            CalendarYear.of(2025, holidays=[], makeup_days=[date(2025, 10, 13)])


def test_a_calendar_with_one_year_twice_is_refused() -> None:
    with pytest.raises(CalendarContradictory, match="2025年有两份节假日安排"):
        WorkCalendar((YEAR_2025, YEAR_2025))
