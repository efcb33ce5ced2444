"""Reprojection: what a due date becomes once the holidays it was counted over are announced."""

from dataclasses import dataclass, replace
from datetime import date

from junheng.domain.ledger.remediation import Remediation
from junheng.domain.workdays import CalendarYear, WorkCalendar, due_on, workdays_between


def reprojected(one: Remediation, *, calendar: WorkCalendar, on: date) -> Remediation | None:
    """Return a remediation with its dates counted over the announced days.

    None where it was counted over no assumed day, where one of them is still not announced, and
    where its dates stay what they were.
    """
    since = one.assumed_since
    if since is None or calendar.is_provisional_between(since, one.due_on):
        return None
    moved = _moved(one, _Recount(since, _assumed(one, since), calendar, on))
    return None if replace(moved, extension_until=one.extension_until) == one else moved


@dataclass(frozen=True, slots=True)
class _Recount:
    """How a date that was counted over assumed days is counted over announced ones."""

    since: date
    assumed: WorkCalendar
    announced: WorkCalendar
    on: date

    def __call__(self, day: date) -> date:
        workdays = day > self.since and workdays_between(self.since, day, calendar=self.assumed)
        if not workdays:
            return day
        counted = due_on(self.since, workdays=workdays, calendar=self.announced)
        # Nobody is late by a notice: what was still ahead does not come to lie in the past.
        return max(counted, min(day, self.on))


def _assumed(one: Remediation, since: date) -> WorkCalendar:
    """Return the days after `since` as they were when the due date was counted over them."""
    rest_days = one.assumed_rest_days
    return WorkCalendar(
        tuple(
            CalendarYear.of(year, holidays=[day for day in rest_days if day.year == year])
            for year in range(since.year, one.due_on.year + 1)
        )
    )


def _moved(one: Remediation, recounted: _Recount) -> Remediation:
    due = recounted(one.due_on)
    asked = one.extension_until
    return replace(
        one,
        receipt_due_on=one.receipt_due_on if one.receipted_on else recounted(one.receipt_due_on),
        due_on=due,
        # A date asked for is still one only where it is later than what it is now.
        extension_until=asked if asked is not None and asked > due else None,
        parts=tuple(
            replace(
                part,
                receipt_due_on=part.receipt_due_on
                if part.receipted_on
                else recounted(part.receipt_due_on),
                due_on=part.due_on if part.reported_on else recounted(part.due_on),
            )
            for part in one.parts
        ),
        milestones=tuple(
            step if step.done_on is not None else replace(step, due_on=recounted(step.due_on))
            for step in one.milestones
        ),
    )
