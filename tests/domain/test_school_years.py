"""School years: by which day one is judged, and what is in force on it."""

from datetime import date

import pytest

from junheng.domain.school_years import Dated, judged_on, newest_in_force, next_judged_on


def dated(first: object = None, last: object = None) -> Dated:
    return Dated.model_validate({"from": first, "until": last})


def test_a_school_year_is_judged_by_1_september_of_its_first_year() -> None:
    assert judged_on(2025) == date(2025, 9, 1)


@pytest.mark.parametrize(
    ("day", "judged"),
    [
        (date(2025, 9, 1), date(2025, 9, 1)),
        (date(2025, 9, 2), date(2026, 9, 1)),
        (date.min, date(1, 9, 1)),
        (date.max, date(9999, 9, 1)),
    ],
)
def test_the_next_day_by_which_a_year_is_judged(day: date, judged: date) -> None:
    assert next_judged_on(day) == judged


class TestDated:
    def test_a_school_year_stands_for_the_day_by_which_it_is_judged(self) -> None:
        assert dated(2026) == dated("2026-09-01")

    def test_both_ends_are_in_force(self) -> None:
        years = dated(2024, 2025)

        in_force = [year for year in range(2022, 2028) if years.is_in_force(judged_on(year))]

        assert in_force == [2024, 2025]

    def test_without_ends_it_always_is(self) -> None:
        assert dated().is_in_force(date.min)
        assert dated().is_in_force(date.max)

    @pytest.mark.parametrize(
        ("until", "is_shared"), [("2025-08-31", False), ("2025-09-01", True), (None, True)]
    )
    def test_two_are_at_once_where_one_school_year_has_both(
        self, until: str | None, is_shared: bool
    ) -> None:
        earlier, later = dated(last=until), dated("2025-01-01")

        assert earlier.is_at_once_with(later) is is_shared
        assert later.is_at_once_with(earlier) is is_shared


class TestNewestInForce:
    def test_what_began_last_goes_before_what_has_not_ended(self) -> None:
        always, since_2019, of_2021 = dated(), dated(2019, 2022), dated(2021, 2021)
        editions = (always, of_2021, since_2019)

        assert newest_in_force(editions, judged_on(2018)) is always
        assert newest_in_force(editions, judged_on(2021)) is of_2021
        assert newest_in_force(editions, judged_on(2022)) is since_2019
        assert newest_in_force(editions, judged_on(2023)) is always

    def test_there_may_be_none(self) -> None:
        assert newest_in_force((dated(2026),), judged_on(2025)) is None
