"""A remediation as it stands: what is to be put right, by whom and by when, and what is done."""

from dataclasses import dataclass, replace
from datetime import date

from junheng.domain.duties.responsibilities import Assignment
from junheng.domain.ledger import milestones
from junheng.domain.ledger.lifecycle import Cause, Closing, Move, Status
from junheng.domain.ledger.milestones import Milestone, MilestonePlans
from junheng.domain.workdays import WorkCalendar, due_on, workdays_between


@dataclass(frozen=True, slots=True)
class Part:
    """A supporting unit's own share: its dates, and what it has done of it."""

    unit: str
    receipt_due_on: date
    due_on: date
    receipted_on: date | None = None
    reported_on: date | None = None
    action: str = ""
    progress: str = ""


@dataclass(frozen=True, slots=True)
class Remediation:
    """One remediation as it stands; (indicator, unit, period) is its identity in a district.

    `cycle` counts how often its clock was set anew: whoever is told of it is told once a cycle.
    `followed_year` is the newest school year whose evaluation it follows. `items` are the failing
    sections or classes of the unit. The lead's own receipt and report stand here, those of
    supporting units in `parts`.
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
    # Evidence counts from this day on: what an older year was closed with proves nothing now.
    proof_from: date | None = None
    # The move that set the clock last, '' where it has run since the remediation was handed over.
    clock_set_by: str = ""
    # Where the due date was counted over days not announced: the day before the first of them,
    # and those that were assumed off. What was promised by date has neither.
    assumed_since: date | None = None
    assumed_rest_days: tuple[date, ...] = ()
    # The digest of the ladder it was opened under; '' where that was not kept yet.
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
    """The time limits of one remediation in workdays; `fixed_due_on` where a date was promised.

    `ladder` is the digest of the ladder that it climbs once it is opened by them.
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
        """Return the day by which who supports must be done: before the lead, after the opening."""
        left = workdays_between(opened_on, lead_due_on, calendar=self.calendar)
        limit = max(1, left - self.supporting_earlier)
        return min(lead_due_on, due_on(opened_on, workdays=limit, calendar=self.calendar))

    def rework_due(self, due_on_: date, *, on: date) -> date:
        """Return the due date of what has to be done again: some days from now, at the least."""
        return max(due_on_, due_on(on, workdays=self.rework, calendar=self.calendar))

    def later(self, day: date, *, workdays: int) -> date:
        return due_on(day, workdays=workdays, calendar=self.calendar) if workdays > 0 else day


@dataclass(frozen=True, slots=True)
class Grounds:
    """On what a line may be closed: attested by evidence or not, and which kinds still lack."""

    is_attested: bool
    missing_kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LedgerContext:
    """The rules that one act on a remediation is held to, loaded once for it."""

    terms: Terms
    grounds: Grounds


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody does: which move, who, on which day, why, and what that move needs besides.

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
    """What is to be put right, before anybody answers for it."""

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
    """Return a remediation as it first enters the ledger: drafted, with the dates of that day."""
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
    """Return a remediation with its clock set anew, as it would be handed over on a day."""
    due = terms.due(on)
    receipt_due = terms.receipt_due(on) if due <= on else min(terms.receipt_due(on), due)
    supporting_due = terms.supporting_due(on, due) if due > on else due
    # Nobody can have signed before it was opened, also where its date has passed.
    supporting_receipt = min(receipt_due, supporting_due) if supporting_due > on else receipt_due
    anew = replace(
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
    return projected(anew, terms=terms, on=on)


def resumed(before: Remediation, *, terms: Terms, on: date) -> Remediation:
    """Return a paused remediation with its clock running again: as much is left as before."""
    stopped = before.suspended_on or on
    days = max(0, workdays_between(stopped, on, calendar=terms.calendar))

    def later(day: date, *, met_on: date | None = None) -> date:
        # What was done before the pause was in time or late by the date that stood then.
        return day if met_on else terms.later(day, workdays=days)

    due, asked = later(before.due_on), before.extension_until
    running = replace(
        before,
        suspended_on=None,
        receipt_due_on=later(before.receipt_due_on, met_on=before.receipted_on),
        due_on=due,
        # A rest day that was asked for may end on the very workday that it is due on now.
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


def projected(one: Remediation, *, terms: Terms, on: date) -> Remediation:
    """Return a remediation whose due date was counted on a day, with what it takes for granted."""
    since = terms.calendar.settled_until(on, one.due_on)
    if since is None or terms.fixed_due_on is not None:
        return replace(one, assumed_since=None, assumed_rest_days=())
    assumed = terms.calendar.assumed_rest_days(since, one.due_on)
    return replace(one, assumed_since=since, assumed_rest_days=assumed)
