"""Reprojection: recounting a due date once the holidays it was counted over are announced."""

from dataclasses import dataclass, replace
from datetime import date

from junheng.domain.ledger.remediation import Remediation
from junheng.domain.workdays import CalendarYear, WorkCalendar, due_on, workdays_between


def reprojected(before: Remediation, *, calendar: WorkCalendar, on: date) -> Remediation | None:
    """Return a remediation with its dates recounted over the announced days.

    None if it was not counted over assumed days, if one of them is still not announced, or if its
    dates do not change.
    """
    since = before.assumed_since
    if since is None or calendar.is_provisional_between(since, before.due_on):
        return None
    moved = _moved(before, _Recount(since, _assumed(before, since), calendar, on))
    return None if replace(moved, extension_until=before.extension_until) == before else moved


@dataclass(frozen=True, slots=True)
class _Recount:
    """Recounts a date that was counted over assumed days."""

    since: date
    assumed: WorkCalendar
    announced: WorkCalendar
    on: date

    def __call__(self, day: date) -> date:
        workdays = day > self.since and workdays_between(self.since, day, calendar=self.assumed)
        if not workdays:
            return day
        counted = due_on(self.since, workdays=workdays, calendar=self.announced)
        # A notice must not make a unit late: a date that was in the future never moves to the past.
        return max(counted, min(day, self.on))


def _assumed(before: Remediation, since: date) -> WorkCalendar:
    """Return the calendar with which the due date was counted after `since`."""
    rest_days = before.assumed_rest_days
    return WorkCalendar(
        tuple(
            CalendarYear.of(year, holidays=[day for day in rest_days if day.year == year])
            for year in range(since.year, before.due_on.year + 1)
        )
    )


def _moved(before: Remediation, recounted: _Recount) -> Remediation:
    due = recounted(before.due_on)
    asked = before.extension_until
    return replace(
        before,
        receipt_due_on=before.receipt_due_on
        if before.receipted_on
        else recounted(before.receipt_due_on),
        due_on=due,
        # A requested extension remains only if it is later than the new due date.
        extension_until=asked if asked is not None and asked > due else None,
        parts=tuple(
            replace(
                part,
                receipt_due_on=part.receipt_due_on
                if part.receipted_on
                else recounted(part.receipt_due_on),
                due_on=part.due_on if part.reported_on else recounted(part.due_on),
            )
            for part in before.parts
        ),
        milestones=tuple(
            milestone
            if milestone.done_on is not None
            else replace(milestone, due_on=recounted(milestone.due_on))
            for milestone in before.milestones
        ),
    )
