"""Settling an evaluation in the ledger: one remediation per shortfall over all years."""

from dataclasses import replace
from datetime import date

import pytest

from junheng.domain.duties.responsibilities import Assignment
from junheng.domain.ledger import settling
from junheng.domain.ledger.lifecycle import Cause, Closing, Move, Status
from junheng.domain.ledger.remediation import Act, Remediation
from junheng.domain.ledger.settling import Judged, Settled, years_failing
from junheng.domain.ledger.shortfalls import Order
from junheng.domain.standard.standard import Line
from junheng.rulebook import Rulebook

SCHOOL = "3370405001"
PRIMARY, JUNIOR = f"{SCHOOL}:小学", f"{SCHOOL}:初中"
KEY = ("R1", SCHOOL)
TODAY = date(2025, 10, 20)
OPENED_IN_2024 = Remediation(
    reference="370405-2024-0001",
    indicator="R1",
    unit=SCHOOL,
    period="",
    unit_name="运河街道第一小学",
    town="运河街道",
    school_year=2024,
    followed_year=2024,
    lead="区教育局",
    basis="区教育局（五）",
    items=(PRIMARY,),
    status=Status.HANDED_OVER,
    opened_on=date(2024, 10, 21),
    receipt_due_on=date(2024, 10, 23),
    due_on=date(2024, 11, 18),
)


@pytest.fixture(scope="module")
def line(rulebook: Rulebook) -> Line:
    return next(line for line in rulebook.standard.lines if line.id == "R1")


def failing(line: Line, year: int, *items: str) -> Judged:
    answers = Assignment("区教育局", (), "区教育局（五）")
    order = Order(line, SCHOOL, "运河街道第一小学", "运河街道", items or (PRIMARY,), answers)
    return Judged(year, (order,), frozenset())


def passing(year: int, *, by_rule: bool = False) -> Judged:
    return Judged(year, (), frozenset({KEY}), frozenset({KEY} if by_rule else ()))


def settled(held: Remediation | None, judged: Judged, *, newest_year: int = 0) -> Settled:
    known = [] if held is None else [held]
    return settling.settle(known, judged, by="系统", today=TODAY, newest_year=newest_year)


def the_act(held: Remediation, judged: Judged, *, newest_year: int = 0) -> Act | None:
    asked = settled(held, judged, newest_year=newest_year)
    assert not asked.drafts
    acts = [act for _, own in asked.acts for act in own]
    assert len(acts) <= 1
    return acts[0] if acts else None


def closed(closing: Closing, *, followed_year: int = 2024) -> Remediation:
    return replace(
        OPENED_IN_2024, status=Status.CLOSED, closing=closing, followed_year=followed_year
    )


class TestFailing:
    def test_a_new_shortfall_is_drafted(self, line: Line) -> None:
        asked = settled(None, failing(line, 2025))

        assert [order.unit for order in asked.drafts] == [SCHOOL]
        assert asked.acts == ()

    def test_a_shortfall_in_the_next_year_is_carried_over(self, line: Line) -> None:
        act = the_act(OPENED_IN_2024, failing(line, 2025))

        assert act is not None
        assert (act.move, act.school_year) == (Move.CARRY_OVER, 2025)

    def test_the_same_year_again_changes_nothing(self, line: Line) -> None:
        assert the_act(OPENED_IN_2024, failing(line, 2024)) is None

    def test_the_same_year_with_other_sections_is_followed(self, line: Line) -> None:
        act = the_act(OPENED_IN_2024, failing(line, 2024, JUNIOR))

        assert act is not None
        assert (act.move, act.items) == (Move.FOLLOW, (JUNIOR,))

    def test_an_older_year_changes_nothing(self, line: Line) -> None:
        held = replace(OPENED_IN_2024, followed_year=2025)

        assert the_act(held, failing(line, 2024, JUNIOR)) is None

    @pytest.mark.parametrize("status", [Status.REPORTED, Status.REVIEWED])
    def test_a_reported_remediation_is_sent_back_if_the_next_year_fails(
        self, line: Line, status: Status
    ) -> None:
        reported = replace(OPENED_IN_2024, status=status, reported_on=date(2024, 11, 1))

        asked = settled(reported, failing(line, 2025))

        assert [act.move for _, own in asked.acts for act in own] == [
            Move.CARRY_OVER,
            Move.FAIL_AGAIN,
        ]

    def test_an_older_year_does_not_open_lines_that_passed_since(self, line: Line) -> None:
        judged = replace(failing(line, 2024), passed_since=frozenset({KEY}))

        assert settled(None, judged, newest_year=2025) == Settled((), ())


class TestRelapse:
    def test_a_closing_by_data_is_reopened_by_data_of_the_same_year(self, line: Line) -> None:
        act = the_act(closed(Closing.DATA), failing(line, 2024), newest_year=2024)

        assert act is not None
        assert act.move is Move.REOPEN

    @pytest.mark.parametrize("closing", [Closing.EVIDENCE, Closing.OVERRIDE])
    def test_a_closing_by_a_person_is_kept_for_that_year(
        self, line: Line, closing: Closing
    ) -> None:
        assert the_act(closed(closing), failing(line, 2024), newest_year=2024) is None

    @pytest.mark.parametrize("closing", list(Closing))
    def test_any_closing_is_reopened_if_the_next_year_fails(
        self, line: Line, closing: Closing
    ) -> None:
        act = the_act(closed(closing), failing(line, 2025), newest_year=2024)

        assert act is not None
        assert act.move is Move.REOPEN

    def test_an_older_year_reopens_nothing(self, line: Line) -> None:
        held = closed(Closing.DATA)

        assert the_act(held, failing(line, 2024), newest_year=2025) is None


class TestWaiver:
    def test_a_waiver_until_yesterday_lapses(self, line: Line) -> None:
        waived = replace(OPENED_IN_2024, status=Status.WAIVED, waived_until=date(2025, 10, 19))

        act = the_act(waived, failing(line, 2025))

        assert act is not None
        assert act.move is Move.LAPSE

    def test_a_waiver_until_today_does_not_lapse(self, line: Line) -> None:
        waived = replace(OPENED_IN_2024, status=Status.WAIVED, waived_until=TODAY)

        act = the_act(waived, failing(line, 2025))

        assert act is not None
        assert act.move is Move.CARRY_OVER


class TestClosing:
    def test_passing_in_a_later_year_means_a_real_gap(self) -> None:
        act = the_act(OPENED_IN_2024, passing(2025))

        assert act is not None
        assert (act.move, act.cause) == (Move.CLOSE_BY_DATA, Cause.REAL_GAP)

    def test_passing_with_corrected_data_means_wrong_data(self) -> None:
        act = the_act(OPENED_IN_2024, passing(2024))

        assert act is not None
        assert act.cause is Cause.DATA_WRONG

    def test_passing_with_the_same_data_means_a_wrong_rule(self) -> None:
        act = the_act(OPENED_IN_2024, passing(2024, by_rule=True))

        assert act is not None
        assert act.cause is Cause.RULE_WRONG

    def test_a_closed_remediation_is_not_closed_again(self) -> None:
        assert the_act(closed(Closing.DATA), passing(2025)) is None

    def test_an_older_year_closes_nothing(self) -> None:
        held = replace(OPENED_IN_2024, followed_year=2025)

        assert the_act(held, passing(2024)) is None


class TestYearsFailing:
    def test_only_consecutive_years_count(self) -> None:
        other = ("R2", SCHOOL)
        years = {
            2022: frozenset({KEY, other}),
            2023: frozenset({KEY}),
            2024: frozenset({KEY, other}),
            2025: frozenset({KEY, other}),
        }

        assert years_failing(years, until=2025) == {KEY: 4, other: 2}
