"""Due dates counted over assumed days are recounted when the holidays are announced."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junheng.domain.ledger import past_states
from junheng.domain.ledger.due_date_changes import reprojected
from junheng.domain.ledger.lifecycle import Move, TransitionNotAllowed
from junheng.domain.ledger.remediation import Remediation, Terms
from junheng.domain.workdays import CalendarYear, WorkCalendar, due_on
from tests.domain.ledger.one_remediation import TERMS, handed_over, moved

# Monday. Twenty workdays from then end on Tuesday 12 January 2027 by the assumed holidays.
OPENED, DUE = date(2026, 12, 14), date(2027, 1, 12)
YEAR_2026 = CalendarYear.of(2026, holidays=[])
NEW_YEAR = date(2027, 1, 1)
ASSUMED_2027 = CalendarYear.of(2027, holidays=[NEW_YEAR], is_provisional=True)
# Monday 4 January is off too: everything after it is a workday later.
LONGER = CalendarYear.of(2027, holidays=[NEW_YEAR, date(2027, 1, 4)])
# Sunday 3 January is a makeup day for it: everything after it is a workday earlier.
MADE_UP = CalendarYear.of(2027, holidays=[NEW_YEAR], makeup_days=[date(2027, 1, 3)])
AS_ASSUMED = CalendarYear.of(2027, holidays=[NEW_YEAR])
NOTICED = date(2026, 12, 28)


def terms(year: CalendarYear) -> Terms:
    return replace(TERMS, calendar=WorkCalendar((YEAR_2026, year)))


ASSUMING = terms(ASSUMED_2027)


def out(opened: date = OPENED) -> Remediation:
    return handed_over(opened, terms=ASSUMING)


def again(remediation: Remediation, year: CalendarYear, on: date = NOTICED) -> Remediation | None:
    return reprojected(remediation, calendar=terms(year).calendar, on=on)


def noticed(remediation: Remediation, year: CalendarYear, on: date = NOTICED) -> Remediation:
    return moved(remediation, Move.REPROJECT, on, terms=terms(year))


class TestAssumptions:
    def test_a_due_date_in_2027_stores_its_assumptions(self) -> None:
        remediation = out()

        assert (remediation.due_on, remediation.assumed_since) == (DUE, date(2026, 12, 31))
        assert remediation.assumed_rest_days == (NEW_YEAR,)

    def test_a_due_date_in_2026_has_no_assumptions(self) -> None:
        remediation = out(date(2026, 11, 30))

        assert (
            remediation.due_on.year,
            remediation.assumed_since,
            remediation.assumed_rest_days,
        ) == (2026, None, ())

    def test_a_promised_date_has_no_assumptions(self) -> None:
        promised = handed_over(OPENED, terms=replace(ASSUMING, fixed_due_on=DUE))

        assert promised.assumed_since is None

    def test_a_granted_extension_has_no_assumptions(self) -> None:
        asked = moved(out(), Move.ASK_EXTENSION, OPENED, terms=ASSUMING, until=date(2027, 2, 1))
        granted = moved(asked, Move.GRANT_EXTENSION, OPENED, terms=ASSUMING)

        assert (granted.assumed_since, granted.assumed_rest_days) == (None, ())
        assert again(granted, LONGER) is None

    def test_after_a_suspension_the_assumptions_begin_on_that_day(self) -> None:
        stopped = moved(out(date(2026, 11, 30)), Move.SUSPEND, date(2026, 12, 1), terms=ASSUMING)
        resumed = moved(stopped, Move.RESUME, NOTICED, terms=ASSUMING)

        assert resumed.due_on.year == 2027
        assert resumed.assumed_since == date(2026, 12, 31)

    def test_assumptions_survive_a_snapshot(self) -> None:
        remediation = out()
        told = past_states.snapshot(remediation)

        assert told["assumed_rest_days"] == ["2027-01-01"]
        assert past_states.of_snapshot(told) == remediation


class TestTheNotice:
    def test_with_another_day_off_moves_dates_a_workday_later(self) -> None:
        after = noticed(out(), LONGER)

        assert after.due_on == date(2027, 1, 13)
        assert after.milestones[-1].due_on == after.due_on

    def test_with_a_makeup_sunday_moves_dates_a_workday_earlier(self) -> None:
        assert noticed(out(), MADE_UP).due_on == date(2027, 1, 11)

    def test_moves_dates_of_supporting_units_too(self) -> None:
        before, after = out(), noticed(out(), LONGER)

        assert {part.due_on for part in before.parts} == {date(2027, 1, 7)}
        assert {part.due_on for part in after.parts} == {date(2027, 1, 8)}

    def test_does_not_move_dates_in_2026(self) -> None:
        before, after = out(), noticed(out(), LONGER)

        assert after.receipt_due_on == before.receipt_due_on == date(2026, 12, 16)

    def test_is_applied_once(self) -> None:
        after = noticed(out(), LONGER)

        assert (after.cycle, after.clock_set_by) == (2, "reproject")
        assert again(after, LONGER) is None

    def test_that_confirms_the_assumptions_changes_nothing(self) -> None:
        assert again(out(), AS_ASSUMED) is None

    def test_that_is_not_published_changes_nothing(self) -> None:
        assert again(out(), ASSUMED_2027) is None
        with pytest.raises(TransitionNotAllowed):
            noticed(out(), ASSUMED_2027)

    def test_that_is_late_makes_no_unit_overdue(self) -> None:
        # The recounted date is Monday 11 January; on Tuesday the due date is that Tuesday.
        assert again(out(), MADE_UP, on=DUE) is None

    def test_removes_a_requested_date_that_is_no_longer_later(self) -> None:
        until = date(2027, 1, 13)
        asked = moved(out(), Move.ASK_EXTENSION, OPENED, terms=ASSUMING, until=until)

        assert noticed(asked, LONGER).extension_until is None
        assert noticed(asked, MADE_UP).extension_until == until

    def test_moves_suspended_remediations_too(self) -> None:
        stopped = moved(out(), Move.SUSPEND, date(2026, 12, 15), terms=ASSUMING)

        assert noticed(stopped, LONGER).due_on == date(2027, 1, 13)


@given(
    opened=st.dates(date(2026, 10, 1), date(2026, 12, 31)),
    limit=st.integers(1, 80),
    assumed=st.sets(st.dates(date(2027, 1, 1), date(2027, 5, 31))),
    announced=st.sets(st.dates(date(2027, 1, 1), date(2027, 5, 31))),
)
def test_the_recounted_date_equals_one_counted_with_the_notice(
    opened: date, limit: int, assumed: set[date], announced: set[date]
) -> None:
    provisional = CalendarYear.of(2027, holidays=assumed, is_provisional=True)
    remediation = handed_over(opened, terms=replace(terms(provisional), limit=limit))
    known = CalendarYear.of(2027, holidays=announced)

    after = again(remediation, known, on=opened) or remediation

    assert after.due_on == due_on(opened, workdays=limit, calendar=terms(known).calendar)
    assert after.receipt_due_on <= after.due_on
    assert all(part.due_on <= after.due_on for part in after.parts)
    assert all(step.due_on <= after.due_on for step in after.milestones)
