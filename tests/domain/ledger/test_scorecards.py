"""Scorecards of departments and towns: exact rates, ranks and ties."""

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junheng.domain.ledger import scorecards
from junheng.domain.ledger.lifecycle import Status
from junheng.domain.ledger.remediation import Part
from junheng.domain.ledger.scorecards import Held, Kind, Rate, Role, Scorecard
from junheng.rulebook import Rulebook
from junheng.wording.ledger.scorecards import ScorecardWords
from tests.domain.ledger.one_remediation import handed_over

TODAY = date(2025, 12, 1)
BEFORE = date(2025, 11, 14)
DUE = date(2025, 11, 17)
AFTER = date(2025, 11, 18)
USUAL = replace(
    handed_over(),
    opened_on=date(2025, 11, 3),
    receipt_due_on=date(2025, 11, 5),
    due_on=DUE,
    receipted_on=date(2025, 11, 4),
)
OF_A_PART = frozenset(field.name for field in fields(Part)) - {"unit"}


def held(
    unit: str = "区财政局",
    *,
    kind: Kind = Kind.DEPARTMENT,
    role: Role = Role.LEAD,
    clock_runs: bool = True,
    **changes: Any,
) -> Held:
    """Return a unit's part in a remediation; changes of own dates are applied to the part."""
    status = Status.RECEIPTED if clock_runs else Status.SUSPENDED
    if role is Role.LEAD:
        return Held(unit, kind, replace(USUAL, status=status, **changes))
    own = {name: value for name, value in changes.items() if name in OF_A_PART}
    others = {name: value for name, value in changes.items() if name not in OF_A_PART}
    part = Part(unit, USUAL.receipt_due_on, USUAL.due_on, receipted_on=USUAL.receipted_on)
    remediation = replace(USUAL, status=status, **others)
    return Held(unit, kind, remediation, replace(part, **own))


def cards(*given: Held, today: date = TODAY) -> tuple[Scorecard, ...]:
    return scorecards.scorecards(given, today=today)[Kind.DEPARTMENT]


def card(*given: Held, today: date = TODAY) -> Scorecard:
    (only,) = cards(*given, today=today)
    return only


@pytest.fixture
def wording(rulebook: Rulebook) -> ScorecardWords:
    return rulebook.wording.scorecards


class TestReceipts:
    def test_the_last_day_is_in_time(self) -> None:
        given = [held(receipted_on=date(2025, 11, day)) for day in (3, 5, 6)]

        assert card(*given).receipted_in_time == Rate(2, 3)

    def test_open_receipts_count_only_after_their_due_date(self) -> None:
        silent = held(receipted_on=None)

        assert card(silent, today=date(2025, 11, 5)).receipted_in_time == Rate(0, 0)
        assert card(silent, today=date(2025, 11, 6)).receipted_in_time == Rate(0, 1)

    def test_a_disputing_unit_is_not_late(self) -> None:
        assert card(held(receipted_on=None, clock_runs=False)).receipted_in_time == Rate(0, 0)


class TestClosings:
    @pytest.mark.parametrize(
        ("dates", "rate"),
        [
            ({"closed_on": DUE}, Rate(1, 1)),
            ({"closed_on": AFTER}, Rate(0, 1)),
            ({"reported_on": DUE, "closed_on": TODAY}, Rate(1, 1)),
            ({"reported_on": AFTER, "closed_on": TODAY}, Rate(0, 1)),
            ({"reported_on": BEFORE}, Rate(0, 0)),
            ({"reported_on": AFTER}, Rate(0, 1)),
            ({}, Rate(0, 1)),
            ({"clock_runs": False}, Rate(0, 0)),
            ({"due_on": TODAY}, Rate(0, 0)),
        ],
        ids=[
            "closed on the due date",
            "closed a day later",
            "reported in time, reviewed late",
            "reported late",
            "reported in time, not yet reviewed",
            "reported late, not yet reviewed",
            "past its date",
            "suspended",
            "due today",
        ],
    )
    def test_a_unit_is_done_when_it_reports(self, dates: dict[str, Any], rate: Rate) -> None:
        assert card(held(**dates)).closed_in_time == rate

    def test_overdue_means_past_due_and_not_reported_in_time(self) -> None:
        given = [
            held(),
            held(reported_on=AFTER),
            held(reported_on=BEFORE),
            held(clock_runs=False),
            held(closed_on=AFTER),
            held(due_on=TODAY),
        ]

        assert card(*given).overdue == 2

    def test_a_past_day_ignores_later_dates(self) -> None:
        closed = held(reported_on=AFTER, closed_on=TODAY)

        assert card(closed, today=DUE).closed_in_time == Rate(0, 0)
        assert card(closed, today=AFTER).overdue == 1
        assert cards(closed, today=date(2025, 11, 2)) == ()


class TestCounts:
    def test_led_and_supported_remediations_are_counted_separately(self) -> None:
        counted = card(held(), held(role=Role.SUPPORTING), held(role=Role.SUPPORTING))

        assert (counted.opened, counted.lead, counted.supporting) == (3, 1, 2)

    def test_two_relapses_of_a_remediation_count_once(self) -> None:
        assert card(held(relapses=2), held(relapses=0)).relapsed == 1

    def test_departments_and_towns_have_separate_tables(self) -> None:
        both = [held(), held("运河街道", kind=Kind.TOWN)]

        tables = scorecards.scorecards(both, today=TODAY)

        assert [entry.unit for entry in tables[Kind.DEPARTMENT]] == ["区财政局"]
        assert [entry.unit for entry in tables[Kind.TOWN]] == ["运河街道"]


class TestRanks:
    def test_ranks_are_by_closings_then_receipts_and_ties_share_a_rank(self) -> None:
        late = date(2025, 11, 6)
        ranked = cards(
            held("丁局"),
            held("丙局", closed_on=DUE, receipted_on=late),
            held("乙局", closed_on=DUE),
            held("甲局", closed_on=BEFORE),
        )

        assert [(entry.unit, entry.rank, entry.is_tied) for entry in ranked] == [
            ("乙局", 1, True),
            ("甲局", 1, True),
            ("丙局", 3, False),
            ("丁局", 4, False),
        ]

    def test_equal_rates_of_different_counts_share_a_rank(self) -> None:
        half = [held("甲局", closed_on=DUE), held("甲局", closed_on=AFTER)]
        halves = [replace(entry, unit="乙局") for entry in half * 3]

        assert {entry.rank for entry in cards(*half, *halves)} == {1}

    @pytest.mark.parametrize(
        "nothing",
        [{"due_on": TODAY}, {"closed_on": DUE, "receipted_on": None, "clock_runs": False}],
    )
    def test_a_unit_without_rates_has_no_rank(self, nothing: dict[str, Any]) -> None:
        ranked = cards(held("甲局", **nothing), held("乙局"))

        assert [(entry.unit, entry.rank) for entry in ranked] == [("乙局", 1), ("甲局", None)]


class TestRows:
    def test_a_row_has_rank_unit_counts_and_rates(self, wording: ScorecardWords) -> None:
        done = [held(closed_on=DUE)] * 17
        late = [held(receipted_on=None, relapses=1)] * 3

        assert scorecards.rows(cards(*done, *late), wording) == (
            ("1", "区财政局", "20（牵头20，配合0）", "17/20（85%）", "17/20（85%）", "3", "3"),
        )

    def test_a_shared_rank_is_marked_and_a_missing_rate_is_blank(
        self, wording: ScorecardWords
    ) -> None:
        done = [held("甲局", closed_on=DUE), held("乙局", closed_on=DUE)]
        given = [*done, held("丙局", due_on=TODAY, receipted_on=None, receipt_due_on=TODAY)]

        texts = scorecards.rows(cards(*given), wording)

        assert [row[0] for row in texts] == ["1（并列）", "1（并列）", "—"]
        assert texts[2][3:5] == ("—", "—")

    def test_a_unit_that_closed_nothing_in_time_shows_no_rank(
        self, wording: ScorecardWords
    ) -> None:
        alike = cards(held("甲局"), held("乙局"))

        assert [entry.rank for entry in alike] == [1, 1]
        assert [row[0] for row in scorecards.rows(alike, wording)] == ["—", "—"]
        assert "没有一项按时销号的，不排名，记“—”" in wording.note

    @pytest.mark.parametrize(
        ("hits", "of", "said"),
        [
            (2, 3, "2/3（66.7%）"),
            (1, 8, "1/8（12.5%）"),
            (3, 3, "3/3（100%）"),
            (0, 3, "0/3（0%）"),
            (1999, 2000, "1999/2000（99.9%）"),
            (1, 3000, "1/3000（0.1%）"),
        ],
    )
    def test_only_complete_rates_are_100_percent_and_only_empty_ones_0(
        self, wording: ScorecardWords, hits: int, of: int, said: str
    ) -> None:
        scorecard = Scorecard("甲局", of, 0, Rate(hits, of), Rate(0, 0), 0, 0)

        assert scorecards.rows([scorecard], wording)[0][3] == said

    def test_every_row_has_a_text_for_every_column(self, wording: ScorecardWords) -> None:
        (row,) = scorecards.rows(cards(held()), wording)

        assert "、".join(wording.columns) == "名次、单位、事项、按时签收、按时销号、逾期、反弹"
        assert len(row) == len(wording.columns)
        assert all(wording.titles[kind] for kind in Kind)


days = st.dates(date(2025, 11, 1), date(2025, 12, 5))
maybe = st.none() | days
everything_held = st.lists(
    st.builds(
        held,
        unit=st.sampled_from(["甲局", "乙局", "丙局", "丁局", "戊局"]),
        kind=st.just(Kind.DEPARTMENT),
        role=st.sampled_from(Role),
        opened_on=days,
        receipt_due_on=days,
        due_on=days,
        receipted_on=maybe,
        reported_on=maybe,
        closed_on=maybe,
        relapses=st.integers(0, 2),
        clock_runs=st.booleans(),
    ),
    max_size=25,
)


def merit(entry: Scorecard) -> tuple[Fraction, Fraction]:
    closed, receipted = entry.closed_in_time, entry.receipted_in_time
    return Fraction(closed.hits, closed.of), Fraction(receipted.hits, receipted.of)


@given(given=everything_held)
def test_ranks_agree_with_the_exact_rates_of_every_two_units(given: Sequence[Held]) -> None:
    ranked = [entry for entry in cards(*given) if entry.rank is not None]

    for entry in ranked:
        alike = [other for other in ranked if merit(other) == merit(entry)]
        assert entry.rank == 1 + sum(merit(other) > merit(entry) for other in ranked)
        assert {other.rank for other in alike} == {entry.rank}
        assert {other.is_tied for other in alike} == {len(alike) > 1}


@given(given=everything_held, data=st.data())
def test_the_order_of_input_does_not_matter(given: Sequence[Held], data: st.DataObject) -> None:
    assert cards(*data.draw(st.permutations(given))) == cards(*given)


@given(given=everything_held)
def test_no_count_exceeds_the_number_of_remediations(given: Sequence[Held]) -> None:
    for entry in cards(*given):
        assert 0 <= entry.closed_in_time.hits <= entry.closed_in_time.of <= entry.opened
        assert 0 <= entry.receipted_in_time.hits <= entry.receipted_in_time.of <= entry.opened
        assert entry.overdue <= entry.closed_in_time.of - entry.closed_in_time.hits
        assert (entry.rank is None) == (
            not entry.closed_in_time.of or not entry.receipted_in_time.of
        )
    opened = [entry for entry in given if entry.remediation.opened_on <= TODAY]
    assert sum(entry.opened for entry in cards(*given)) == len(opened)
