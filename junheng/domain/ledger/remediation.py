"""A remediation: its shortfall, responsible units, dates and progress."""

from dataclasses import dataclass, replace
from datetime import date

from junheng.domain.duties.responsibilities import Assignment
from junheng.domain.ledger import milestones
from junheng.domain.ledger.lifecycle import Cause, Closing, Move, Status
from junheng.domain.ledger.milestones import Milestone, MilestonePlans
from junheng.domain.workdays import WorkCalendar, due_on, workdays_between


@dataclass(frozen=True, slots=True)
class Part:
    """A supporting unit's own share: its dates, action and progress."""

    unit: str
    receipt_due_on: date
    due_on: date
    receipted_on: date | None = None
    reported_on: date | None = None
    action: str = ""
    progress: str = ""


@dataclass(frozen=True, slots=True)
class Remediation:
    """One remediation; (indicator, unit, period) is its identity in a district.

    `cycle` counts how often its clock was set: each reader is notified once per cycle.
    `followed_year` is the newest school year whose evaluation it follows. `items` are the failing
    sections or classes of the unit. The lead's receipt and report are here, those of supporting
    units in `parts`.
    """

    reference: str
    indicator: str
    unit: str
    period: str
    unit_name: str
    town: str
    school_year: int
    followed_year: int
    lead: str
    basis: str
    items: tuple[str, ...]
    status: Status
    opened_on: date
    receipt_due_on: date
    due_on: date
    parts: tuple[Part, ...] = ()
    stood_at: Status | None = None
    cycle: int = 1
    receipted_on: date | None = None
    reported_on: date | None = None
    closed_on: date | None = None
    closing: Closing | None = None
    cause: Cause | None = None
    was_overridden: bool = False
    extension_until: date | None = None
    suspended_on: date | None = None
    waived_until: date | None = None
    arbitrate_by: date | None = None
    carried_over: int = 0
    relapses: int = 0
    action: str = ""
    progress: str = ""
    milestones: tuple[Milestone, ...] = ()
    # Evidence counts from this day on: the evidence of an older year proves nothing now.
    proof_from: date | None = None
    # The move that set the clock last, '' if it has run since the remediation was handed over.
    clock_set_by: str = ""
    # If the due date was counted over days not announced: the day before the first of them, and
    # the assumed rest days. A promised date has neither.
    assumed_since: date | None = None
    assumed_rest_days: tuple[date, ...] = ()
    # The digest of the ladder it was opened under; '' in rows of older versions.
    ladder: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        return (self.indicator, self.unit, self.period)

    @property
    def supporting(self) -> tuple[str, ...]:
        return tuple(part.unit for part in self.parts)

    @property
    def parts_left(self) -> tuple[Part, ...]:
        """Return the parts of the supporting units that have not reported."""
        return tuple(part for part in self.parts if part.reported_on is None)

    @property
    def is_open(self) -> bool:
        return self.status is not Status.CLOSED

    def part_of(self, unit: str) -> Part | None:
        return next((part for part in self.parts if part.unit == unit), None)


@dataclass(frozen=True, slots=True)
class Terms:
    """The time limits of one remediation in workdays; `fixed_due_on` if a date was promised.

    `ladder` is the digest of the ladder in force when it is opened.
    """

    calendar: WorkCalendar
    limit: int
    receipt: int
    arbitration: int
    supporting_earlier: int
    rework: int
    plans: MilestonePlans
    fixed_due_on: date | None = None
    ladder: str = ""

    def due(self, opened_on: date) -> date:
        if self.fixed_due_on is not None:
            return self.fixed_due_on
        return due_on(opened_on, workdays=self.limit, calendar=self.calendar)

    def receipt_due(self, opened_on: date) -> date:
        return due_on(opened_on, workdays=self.receipt, calendar=self.calendar)

    def arbitrate_by(self, asked_on: date) -> date:
        return due_on(asked_on, workdays=self.arbitration, calendar=self.calendar)

    def supporting_due(self, opened_on: date, lead_due_on: date) -> date:
        """Return the due day of supporting units: before the lead's, after the opening."""
        left = workdays_between(opened_on, lead_due_on, calendar=self.calendar)
        limit = max(1, left - self.supporting_earlier)
        return min(lead_due_on, due_on(opened_on, workdays=limit, calendar=self.calendar))

    def rework_due(self, due_on_: date, *, on: date) -> date:
        """Return the due date of rework: at least `rework` workdays after a day."""
        return max(due_on_, due_on(on, workdays=self.rework, calendar=self.calendar))

    def later(self, day: date, *, workdays: int) -> date:
        return due_on(day, workdays=workdays, calendar=self.calendar) if workdays > 0 else day


@dataclass(frozen=True, slots=True)
class Grounds:
    """Whether a line is closed on evidence (attested), and which kinds are still missing."""

    is_attested: bool
    missing_kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LedgerContext:
    """The rules that apply to one act on a remediation, loaded once for it."""

    terms: Terms
    grounds: Grounds


@dataclass(frozen=True, slots=True)
class Act:
    """One act: the move, the person, the day, the reason, and further input of that move.

    `until` is the new date of an extension or the last day of a waiver; `unit` is a supporting
    unit that acts on its own part; `school_year` and `items` come from an evaluation.
    """

    move: Move
    by: str
    on: date
    reason: str = ""
    unit: str = ""
    until: date | None = None
    approved_by: str = ""
    cause: Cause | None = None
    assigned: Assignment | None = None
    school_year: int | None = None
    items: tuple[str, ...] | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """The shortfall of a new remediation, without responsible units."""

    indicator: str
    unit: str
    unit_name: str
    town: str = ""
    period: str = ""
    items: tuple[str, ...] = ()


def first_draft(
    reference: str,
    subject: Subject,
    assigned: Assignment,
    *,
    school_year: int,
    terms: Terms,
    on: date,
) -> Remediation:
    """Return a new remediation: drafted, with the dates counted from that day."""
    blank = Remediation(
        reference=reference,
        indicator=subject.indicator,
        unit=subject.unit,
        period=subject.period,
        unit_name=subject.unit_name,
        town=subject.town,
        school_year=school_year,
        followed_year=school_year,
        lead=assigned.lead,
        basis=assigned.basis,
        items=subject.items,
        status=Status.DRAFTED,
        opened_on=on,
        receipt_due_on=on,
        due_on=on,
    )
    return drafted(blank, assigned, terms=terms, on=on)


def drafted(before: Remediation, assigned: Assignment, *, terms: Terms, on: date) -> Remediation:
    """Return a remediation with its clock set again, as if handed over on a day."""
    due = terms.due(on)
    receipt_due = terms.receipt_due(on) if due <= on else min(terms.receipt_due(on), due)
    supporting_due = terms.supporting_due(on, due) if due > on else due
    # A receipt cannot be due before the opening, even if the promised date has passed.
    supporting_receipt = min(receipt_due, supporting_due) if supporting_due > on else receipt_due
    redrafted = replace(
        before,
        lead=assigned.lead,
        basis=assigned.basis,
        opened_on=on,
        receipt_due_on=receipt_due,
        due_on=due,
        parts=tuple(Part(unit, supporting_receipt, supporting_due) for unit in assigned.supporting),
        receipted_on=None,
        reported_on=None,
        extension_until=None,
        suspended_on=None,
        waived_until=None,
        arbitrate_by=None,
        ladder=terms.ladder,
        milestones=milestones.planned(
            before.indicator, opened_on=on, due_on=due, plans=terms.plans, calendar=terms.calendar
        ),
    )
    return projected(redrafted, terms=terms, on=on)


def resumed(before: Remediation, *, terms: Terms, on: date) -> Remediation:
    """Return a paused remediation with its clock running again and as many workdays left."""
    stopped = before.suspended_on or on
    days = max(0, workdays_between(stopped, on, calendar=terms.calendar))

    def later(day: date, *, met_on: date | None = None) -> date:
        # An act before the pause was in time or late by the date valid then.
        return day if met_on else terms.later(day, workdays=days)

    due, asked = later(before.due_on), before.extension_until
    running = replace(
        before,
        suspended_on=None,
        receipt_due_on=later(before.receipt_due_on, met_on=before.receipted_on),
        due_on=due,
        # A requested date on a rest day may move to the same workday as the new due date.
        extension_until=later(asked) if asked is not None and later(asked) > due else None,
        parts=tuple(
            replace(
                part,
                receipt_due_on=later(part.receipt_due_on, met_on=part.receipted_on),
                due_on=later(part.due_on, met_on=part.reported_on),
            )
            for part in before.parts
        ),
        milestones=milestones.shifted(before.milestones, workdays=days, calendar=terms.calendar),
    )
    return projected(running, terms=terms, on=on) if days else running


def projected(before: Remediation, *, terms: Terms, on: date) -> Remediation:
    """Return a remediation with the assumptions under which its due date was counted on a day."""
    since = terms.calendar.settled_until(on, before.due_on)
    if since is None or terms.fixed_due_on is not None:
        return replace(before, assumed_since=None, assumed_rest_days=())
    assumed = terms.calendar.assumed_rest_days(since, before.due_on)
    return replace(before, assumed_since=since, assumed_rest_days=assumed)
