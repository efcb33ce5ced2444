"""Recurring duties: each turn opens once, on its own day, also around the New Year."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from junheng.domain.duties.recurring_duties import RecurringDuties, instances_due
from junheng.domain.duties.responsibilities import Assignment
from junheng.domain.workdays import CalendarYear, WorkCalendar
from tests import examples
from tests.config_refusals import refused

TOWNS = ("运河街道", "泥沟镇")
# Plain weeks with New Year's Day off: these tests are about the year of a day.
CALENDAR = WorkCalendar(
    tuple(CalendarYear.of(year, holidays=[date(year, 1, 1)]) for year in range(2021, 2030))
)
DUE = {
    "year": ["12-31"],
    "half_year": ["06-30", "12-31"],
    "quarter": ["03-31", "06-30", "09-30", "12-31"],
    "month": [25],
}
LAST_OF_2026 = {"year": "2026", "half_year": "2026-H2", "quarter": "2026-Q4", "month": "2026-12"}
FIRST_OF_2027 = {"year": "2027", "half_year": "2027-H1", "quarter": "2027-Q1", "month": "2027-01"}

every_period = pytest.mark.parametrize("period", DUE)
Opened = set[tuple[str, str, str]]


def entry(**said: Any) -> dict[str, Any]:
    period = said.get("period", "year")
    usual = {
        "id": "D01",
        "name": "专项督导",
        "basis": "重点任务1",
        "lead": "区教育局",
        "period": period,
        "due": DUE[period],
        "evidence": ["报告"],
    }
    return usual | said


def duties(*entries: dict[str, Any]) -> RecurringDuties:
    defaults = {"from": "2018-08-24", "opens_workdays_before": 20}
    return RecurringDuties.model_validate({"defaults": defaults, "duties": list(entries)})


def due(
    today: date, recurring: RecurringDuties, opened: Iterable[tuple[str, str, str]] = ()
) -> Opened:
    """Return (duty, unit, period) of the instances that open on a day."""
    instances = instances_due(
        recurring, today=today, opened=set(opened), towns=TOWNS, calendar=CALENDAR
    )
    return {(instance.duty.id, instance.unit, instance.period) for instance in instances}


def periods(
    today: date, recurring: RecurringDuties, *, opened: Iterable[str] = (), unit: str = "区教育局"
) -> list[str]:
    known = {("D01", unit, period) for period in opened}
    return sorted(period for _, _, period in due(today, recurring, known))


def stepped(first: date, last: date, recurring: RecurringDuties, opened: Opened) -> Opened:
    known = set(opened)
    for offset in range((last - first).days + 1):
        known |= due(first + timedelta(days=offset), recurring, known)
    return known


class TestATurn:
    def test_opens_twenty_workdays_before_thursday_31_december_2026(self) -> None:
        yearly = duties(entry())

        assert periods(date(2026, 12, 2), yearly) == []
        assert periods(date(2026, 12, 3), yearly) == ["2026"]

    def test_has_its_due_day_on_sunday_31_december_2028(self) -> None:
        (instance,) = instances_due(
            duties(entry()), today=date(2028, 12, 20), opened=(), towns=TOWNS, calendar=CALENDAR
        )

        assert instance.opened_on == date(2028, 12, 20)
        assert instance.due_on == date(2028, 12, 31)

    def test_on_the_31st_of_each_month_ends_on_the_last_day_of_february(self) -> None:
        monthly = duties(entry(period="month", due=[31]))

        assert monthly.duties[0].due_on(2027, 2) == date(2027, 2, 28)

    def test_of_the_towns_has_an_instance_for_each_town(self) -> None:
        opens = due(date(2026, 12, 10), duties(entry(lead="各镇街")))

        assert opens == {("D01", "运河街道", "2026"), ("D01", "泥沟镇", "2026")}

    def test_has_the_unit_as_lead_and_the_others_as_supporting(self) -> None:
        (duty,) = duties(entry(supporting=["区财政局", "区教育局", "各镇街"])).duties

        answer = duty.assignment("区教育局", TOWNS)

        assert answer == Assignment("区教育局", ("区财政局", *TOWNS), "重点任务1")


class TestTheFirstTurn:
    def test_opens_late_until_its_due_day(self) -> None:
        assert periods(date(2026, 12, 31), duties(entry())) == ["2026"]

    def test_of_past_years_does_not_open(self) -> None:
        assert periods(date(2027, 1, 1), duties(entry())) == []

    def test_of_a_new_town_opens_no_past_turns(self) -> None:
        town = duties(entry(lead="各镇街"))
        known = {("D01", "运河街道", "2024")}

        opens = due(date(2026, 5, 4), town, known)

        assert opens == {("D01", "运河街道", "2025")}

    def test_due_before_the_duty_began_does_not_open(self) -> None:
        later = duties(entry(**{"from": "2027-01-01"}))

        assert periods(date(2026, 12, 31), later) == []


class TestNewYear:
    """Thursday 31 December 2026 to Friday 1 January 2027."""

    @every_period
    def test_a_replayed_day_opens_nothing_more(self, period: str) -> None:
        recurring = duties(entry(period=period))
        known = {("D01", "区教育局", LAST_OF_2026[period])}
        after = known | due(date(2027, 1, 1), recurring, known)

        assert due(date(2026, 12, 31), recurring, after) == set()
        assert due(date(2027, 1, 1), recurring, after) == set()

    def test_the_new_years_turn_opens_once_on_its_own_day(self) -> None:
        yearly = duties(entry())
        opening = [
            day
            for day in (date(2027, 1, 1) + timedelta(days=offset) for offset in range(365))
            if periods(day, yearly, opened=["2026"])
        ]

        assert opening[0] == date(2027, 12, 3)
        assert periods(date(2027, 12, 4), yearly, opened=["2026", "2027"]) == []

    @every_period
    def test_a_duty_that_opens_with_its_period_opens_on_1_january(self, period: str) -> None:
        recurring = duties(entry(period=period, opens="period_start"))
        old = [LAST_OF_2026[period]]

        assert periods(date(2026, 12, 31), recurring, opened=old) == []
        assert periods(date(2027, 1, 1), recurring, opened=old) == [FIRST_OF_2027[period]]

    @pytest.mark.parametrize(
        ("period", "opens_on"),
        [
            ("half_year", date(2027, 6, 2)),
            ("quarter", date(2027, 3, 3)),
            # For Monday 25 January 2027: twenty workdays before it are in the old year.
            ("month", date(2026, 12, 25)),
        ],
    )
    def test_a_shorter_period_opens_on_its_own_day(self, period: str, opens_on: date) -> None:
        recurring, old = duties(entry(period=period)), [LAST_OF_2026[period]]

        assert periods(opens_on - timedelta(days=1), recurring, opened=old) == []
        assert periods(opens_on, recurring, opened=old) == [FIRST_OF_2027[period]]

    def test_after_an_outage_over_new_year_both_turns_open(self) -> None:
        quarterly = duties(entry(period="quarter"))

        opens = periods(date(2027, 3, 8), quarterly, opened=["2026-Q3"])

        assert opens == ["2026-Q4", "2027-Q1"]

    def test_after_an_outage_of_two_years_all_turns_open(self) -> None:
        assert periods(date(2027, 12, 6), duties(entry()), opened=["2024"]) == [
            "2025",
            "2026",
            "2027",
        ]

    def test_the_last_day_of_the_last_known_year_needs_no_further_calendar(self) -> None:
        everything = duties(
            entry(),
            entry(id="D02", period="half_year"),
            entry(id="D03", period="quarter"),
            entry(id="D04", period="month", opens="period_start"),
        )

        opens = due(date(2029, 12, 26), everything)

        assert {period for _, _, period in opens} == {"2029", "2029-H2", "2029-Q4"}
        assert due(date(2029, 12, 31), everything, opens) == set()


class TestAChange:
    halves = duties(
        entry(until="2026-12-31"),
        entry(period="half_year", due=DUE["half_year"], **{"from": "2027-01-01"}),
    )

    def test_applies_to_due_days_from_its_first_day_on(self) -> None:
        assert periods(date(2027, 6, 10), self.halves, opened=["2025"]) == ["2026", "2027-H1"]

    def test_does_not_need_an_end_of_the_previous_entry(self) -> None:
        endless = duties(entry(), entry(lead="创建办", **{"from": "2027-01-01"}))

        assert due(date(2026, 12, 31), endless) == {("D01", "区教育局", "2026")}
        assert due(date(2027, 12, 31), endless) == {("D01", "创建办", "2027")}

    def test_opens_nothing_after_the_duty_ended(self) -> None:
        ended = duties(entry(until="2025-12-31"))

        assert periods(date(2026, 12, 31), ended, opened=["2025"]) == []

    def test_with_the_same_first_day_is_refused(self) -> None:
        with refused("D01 有两条同一天起的内容"):
            duties(entry(), entry())


class TestEntries:
    @pytest.mark.parametrize(
        "said",
        [
            {"due": ["13-01"]},
            {"due": ["06-31"]},
            {"due": ["年底"]},
            {"due": ["06-30", "12-31"]},
            {"period": "half_year", "due": ["12-31", "06-30"]},
            {"period": "quarter", "due": ["03-31", "06-30", "09-30", "10-08", "12-31"]},
            {"period": "month", "due": ["12-31"]},
            {"due": [25]},
            {"opens": "period_start", "opens_workdays_before": 5},
            {"opens_workdays_before": 0},
            {"id": "T01"},
            {"evidence": []},
        ],
    )
    def test_an_invalid_entry_is_refused(self, said: dict[str, Any]) -> None:
        with pytest.raises(ValidationError):
            duties(entry(**said))

    def test_an_entry_overrides_the_defaults(self) -> None:
        first, second = duties(
            entry(opens="period_start"), entry(id="D02", opens_workdays_before=5)
        ).duties

        assert first.opens_workdays_before is None
        assert second.opens_workdays_before == 5


LINES_OF_DUTIES = st.fixed_dictionaries(
    {"period": st.sampled_from(list(DUE)), "lead": st.sampled_from(["区教育局", "各镇街"])},
    optional={"opens_workdays_before": st.integers(1, 45), "opens": st.just("period_start")},
).filter(lambda said: len(said) < 4)
CHANGED = st.fixed_dictionaries(
    {"period": st.sampled_from(list(DUE)), "opens_workdays_before": st.integers(1, 45)}
)


class TestSteppingAndJumping:
    @examples.costly(3)
    @given(
        first=LINES_OF_DUTIES,
        then=CHANGED,
        changes_on=st.dates(date(2025, 1, 1), date(2026, 12, 31)),
        starts_on=st.dates(date(2025, 1, 1), date(2026, 6, 30)),
        days=st.integers(0, 400),
    )
    def test_day_by_day_and_at_once_open_the_same(
        self,
        first: dict[str, Any],
        then: dict[str, Any],
        changes_on: date,
        starts_on: date,
        days: int,
    ) -> None:
        change = {"lead": first["lead"], "from": changes_on, **then}
        recurring = duties(entry(**first), entry(**change))
        # Every period of the previous year had an open instance.
        known = stepped(starts_on - timedelta(days=380), starts_on, recurring, set())
        last = starts_on + timedelta(days=days)

        by_steps = stepped(starts_on, last, recurring, known)
        at_once = known | due(last, recurring, known)

        assert at_once == by_steps
        assert due(last, recurring, at_once) == set()
