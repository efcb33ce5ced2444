"""config/calendar agrees with the State Council's notices, and later years are provisional."""

import csv
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import chinese_calendar  # type: ignore[import-untyped]
import pytest
from ruamel.yaml import YAML

from junheng import bootstrap
from junheng.adapters.provisional_calendars import provisional_year
from junheng.domain.workdays import CalendarYear, DayKind

FOLDER = Path(__file__).parents[2] / "config" / "calendar"
FILES = sorted(FOLDER.glob("*.yaml"))
# Every day from 2018 to 2026 by the notices, with the extended 春节 of 2020.
EVERY_DAY = Path(__file__).parents[1] / "data" / "workdays_2018_2026.csv"
NOTICE = re.compile(r"国务院办公厅关于(?P<of>.+?)的通知（国办发明电〔(?P<year>20\d\d)〕\d+号）")
NAMES = {"元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节"}
LAST_PUBLISHED = max(int(file.stem) for file in FILES)

every_file = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)


def read(file: Path) -> dict[str, Any]:
    content: dict[str, Any] = YAML(typ="safe").load(file)
    return content


def calendar_year(file: Path) -> CalendarYear:
    content = read(file)
    holidays = [holiday["day"] for holiday in content["holidays"]]
    return CalendarYear.of(content["year"], holidays=holidays, makeup_days=content["makeup_days"])


def every_day_of(year: int) -> list[date]:
    first, following = date(year, 1, 1), date(year + 1, 1, 1)
    return [first + timedelta(days=offset) for offset in range((following - first).days)]


def test_the_years_from_2018_on_follow_without_a_gap() -> None:
    years = [int(file.stem) for file in FILES]

    assert years == list(range(2018, LAST_PUBLISHED + 1))


def published_days() -> dict[date, str]:
    rows = csv.DictReader(EVERY_DAY.read_text("utf-8").splitlines())
    return {date.fromisoformat(row["day"]): row["kind"] for row in rows}


def test_every_day_from_2018_to_2026_agrees_with_the_notices() -> None:
    published = published_days()
    calendar = bootstrap.rulebook().calendar

    assert list(published) == [day for year in range(2018, 2027) for day in every_day_of(year)]
    assert {day: calendar.kind(day).value for day in published} == published


def test_the_first_day_without_a_notice_is_not_announced() -> None:
    calendar = bootstrap.rulebook().calendar
    first = date(LAST_PUBLISHED + 1, 1, 1)

    assert calendar.kind(first) is DayKind.NOT_ANNOUNCED
    assert calendar.is_provisional_between(date(LAST_PUBLISHED, 12, 31), first)
    assert not calendar.is_workday(first)


class TestEveryFile:
    @every_file
    def test_agrees_with_chinesecalendar_on_every_day(self, file: Path) -> None:
        year = calendar_year(file)
        if year.year > max(chinese_calendar.holidays).year:
            pytest.skip("chinesecalendar does not know this year yet")

        ours = {day: year.is_workday(day) for day in every_day_of(year.year)}

        assert ours == {day: chinese_calendar.is_workday(day) for day in ours}

    @every_file
    def test_is_named_for_its_year(self, file: Path) -> None:
        assert read(file)["year"] == int(file.stem)

    @every_file
    def test_names_its_notice(self, file: Path) -> None:
        notice = read(file)["notice"]

        assert notice.startswith(f"国务院办公厅关于{file.stem}年部分节假日安排的通知")

    @every_file
    def test_gives_the_number_of_each_notice_and_the_year_it_came_out(self, file: Path) -> None:
        notices = [NOTICE.fullmatch(notice) for notice in read(file)["notice"].split("；")]
        years = [notice and int(notice["year"]) for notice in notices]

        assert years[0] == int(file.stem) - 1
        assert all(year in {int(file.stem) - 1, int(file.stem)} for year in years)

    @every_file
    def test_lists_each_day_once_and_in_order(self, file: Path) -> None:
        content = read(file)
        holidays = [holiday["day"] for holiday in content["holidays"]]

        assert holidays == sorted(set(holidays))
        assert content["makeup_days"] == sorted(set(content["makeup_days"]))

    @every_file
    def test_gives_each_of_the_seven_holidays(self, file: Path) -> None:
        names = [holiday["name"] for holiday in read(file)["holidays"]]

        assert {part for name in names for part in name.split("、")} == NAMES


class TestTheYearsAfterTheLastFile:
    @pytest.mark.parametrize("year", [2027, 2031, 2099, 2500])
    def test_are_provisional_at_any_distance(self, year: int) -> None:
        assert provisional_year(year).is_provisional

    def test_have_no_makeup_days(self) -> None:
        assert not provisional_year(2027).makeup_days

    def test_give_new_year_off_on_friday_1_january_2027(self) -> None:
        assert not provisional_year(2027).is_workday(date(2027, 1, 1))

    def test_give_a_day_in_lieu_on_monday_3_january_2028(self) -> None:
        assert not provisional_year(2028).is_workday(date(2028, 1, 3))

    def test_give_spring_festival_off_on_monday_8_february_2027(self) -> None:
        assert not provisional_year(2027).is_workday(date(2027, 2, 8))
