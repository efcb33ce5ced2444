"""School years: the judging day, and editions in force."""

from datetime import date

import pytest

from junheng.domain.school_years import Dated, judged_on, newest_in_force, next_judged_on


def dated(first: object = None, last: object = None) -> Dated:
    return Dated.model_validate({"from": first, "until": last})


def test_a_school_year_is_judged_on_1_september_of_its_first_year() -> None:
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
def test_the_next_judging_day(day: date, judged: date) -> None:
    assert next_judged_on(day) == judged


class TestDated:
    def test_a_school_year_is_parsed_as_its_judging_day(self) -> None:
        assert dated(2026) == dated("2026-09-01")

    def test_both_ends_are_in_force(self) -> None:
        years = dated(2024, 2025)

        in_force = [year for year in range(2022, 2028) if years.is_in_force(judged_on(year))]

        assert in_force == [2024, 2025]

    def test_without_ends_it_is_always_in_force(self) -> None:
        assert dated().is_in_force(date.min)
        assert dated().is_in_force(date.max)

    @pytest.mark.parametrize(
        ("until", "is_shared"), [("2025-08-31", False), ("2025-09-01", True), (None, True)]
    )
    def test_two_overlap_if_both_are_in_force_in_a_school_year(
        self, until: str | None, is_shared: bool
    ) -> None:
        earlier, later = dated(last=until), dated("2025-01-01")

        assert earlier.is_at_once_with(later) is is_shared
        assert later.is_at_once_with(earlier) is is_shared


class TestNewestInForce:
    def test_the_edition_that_began_last_takes_precedence(self) -> None:
        always, since_2019, of_2021 = dated(), dated(2019, 2022), dated(2021, 2021)
        editions = (always, of_2021, since_2019)

        assert newest_in_force(editions, judged_on(2018)) is always
        assert newest_in_force(editions, judged_on(2021)) is of_2021
        assert newest_in_force(editions, judged_on(2022)) is since_2019
        assert newest_in_force(editions, judged_on(2023)) is always

    def test_it_is_none_without_an_edition_in_force(self) -> None:
        assert newest_in_force((dated(2026),), judged_on(2025)) is None
