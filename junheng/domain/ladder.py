"""The ladder: how long a remediation may take, which rung a day reaches, and who is owed a card."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum

from pydantic import Field, model_validator

from junheng.domain.contacts import Contact, Contacts
from junheng.domain.lifecycle import Move
from junheng.domain.standard import Frozen, Line, Severity
from junheng.domain.waiting import Waiting
from junheng.domain.workdays import WorkCalendar, workdays_between


class Audience(StrEnum):
    """Whom a rung tells."""

    LEAD = "lead"
    SUPPORTING = "supporting"
    OFFICE = "office"


class TimeLimits(Frozen):
    """Workdays from opening to due date: by indicator, for a veto, and for everything else."""

    default: int = Field(ge=1)
    veto: int = Field(ge=1)
    indicators: dict[str, int] = Field(default_factory=dict)
    # To sign for it, to decide whose it is, and by how much who supports is due before the lead.
    receipt: int = Field(default=2, ge=1)
    arbitration: int = Field(default=2, ge=1)
    supporting_earlier: int = Field(default=3, ge=0)
    # For what was reported in time and sent back.
    rework: int = Field(default=5, ge=1)

    def workdays_for(self, line: Line) -> int:
        usual = self.veto if line.severity is Severity.VETO else self.default
        return self.indicators.get(line.id, usual)


class Rung(Frozen):
    """One rung: reached on opening, or a number of workdays before (or after) the due date."""

    name: str
    label: str
    on_opening: bool = False
    workdays_to_due: int | None = None
    tells: tuple[Audience, ...]

    @model_validator(mode="after")
    def _is_reached_one_way(self) -> "Rung":
        if self.on_opening == (self.workdays_to_due is not None):
            raise ValueError("a rung is reached either on opening or by workdays to the due date")
        return self


class SendWindow(Frozen):
    """The hours of a workday in which people are told anything."""

    from_: time = Field(default=time(8, 30), alias="from")
    to: time = time(17, 30)

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> "SendWindow":
        if self.from_ >= self.to:
            raise ValueError("window: from must be before to")
        return self

    def is_open(self, moment: datetime, calendar: WorkCalendar) -> bool:
        """Say whether cards may go out at a moment of the office's own clock."""
        if not calendar.is_workday(moment.date()):
            return False
        return self.from_ <= moment.time().replace(second=0, microsecond=0) <= self.to


class Ladder(Frozen):
    """The district's time limits and rungs, lowest rung first, and when cards may go out."""

    time_limits: TimeLimits
    window: SendWindow = SendWindow()
    rungs: tuple[Rung, ...] = Field(min_length=1)
    # What the opening rung is called where the clock was set again, by the move that set it.
    again: dict[Move, str] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SupportingPart:
    """A unit that supports and has not reported yet, and the day it is due."""

    unit: str
    due_on: date


@dataclass(frozen=True, slots=True)
class OpenRemediation:
    """What the chase needs to know of a remediation that its units have still to do."""

    reference: str
    cycle: int
    clock_set_by: str
    indicator: str
    unit: str
    period: str
    unit_name: str
    school_year: int
    items: tuple[str, ...]
    lead: str
    supporting: tuple[SupportingPart, ...]
    basis: str
    opened_on: date
    due_on: date
    # Of a form that was sent back or never came: what is wrong with it, place by place.
    to_correct: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One remediation on one card, with the rung it has reached and the reader's part in it.

    `opening` is the opening rung where the reader has not been told of the remediation since its
    clock was set; `supporting_due_on` the day of who supports.
    """

    remediation: OpenRemediation
    rung: Rung
    audience: Audience
    opening: Rung | None = None
    supporting_due_on: date | None = None

    @property
    def due_on(self) -> date:
        """Return the reader's own day."""
        return self.supporting_due_on or self.remediation.due_on

    @property
    def says(self) -> tuple[Rung, ...]:
        """Return the rungs that the reader is told: what is new is not recalled as well."""
        if self.opening is None:
            return (self.rung,)
        to_due = self.rung.workdays_to_due
        return (self.opening,) if to_due is None or to_due > 0 else (self.opening, self.rung)


@dataclass(frozen=True, slots=True)
class Digest:
    """One morning's one card for one contact."""

    contact: Contact
    address: str
    planned_on: date
    entries: tuple[Entry, ...]
    # Of the office's card alone: what waits for the office itself.
    waiting: tuple[Waiting, ...] = ()

    @property
    def recipient(self) -> str:
        return self.contact.recipient


def rung_reached(
    remediation: OpenRemediation,
    *,
    due_on: date,
    rungs: Iterable[Rung],
    today: date,
    calendar: WorkCalendar,
) -> Rung | None:
    """Return the highest rung that a due date has reached by today, None before it opened."""
    if today < remediation.opened_on:
        return None
    left = workdays_between(today, due_on, calendar=calendar)
    reached = [
        rung for rung in rungs if rung.workdays_to_due is None or left <= rung.workdays_to_due
    ]
    return reached[-1] if reached else None


Told = tuple[str, int, str, str]
"""(reference, cycle, rung, recipient): told once while a clock runs, and never again."""


def digests(
    remediations: Iterable[OpenRemediation],
    *,
    ladder: Ladder,
    contacts: Contacts,
    told: Collection[Told],
    today: date,
    calendar: WorkCalendar,
) -> tuple[Digest, ...]:
    """Return the one card that each contact is owed today; nobody is owed one on a day off."""
    if not calendar.is_workday(today):
        return ()
    heard = {(reference, cycle, recipient) for reference, cycle, _, recipient in told}
    entries: dict[Contact, list[Entry]] = {}
    for remediation in remediations:
        for reader in _readers(remediation, contacts, ladder, today, calendar):
            contact = reader.contact
            if not _was_told(remediation, reader.rung, contact, ladder.rungs, told):
                told_before = (remediation.reference, remediation.cycle, contact.recipient) in heard
                opening = None if told_before else _opening(ladder, remediation, reader.audience)
                entry = Entry(remediation, reader.rung, reader.audience, opening, reader.own_due_on)
                entries.setdefault(contact, []).append(entry)
    return tuple(
        Digest(contact, contacts.address_of(contact), today, tuple(listed))
        for contact, listed in entries.items()
    )


def with_waiting(
    digests: Iterable[Digest],
    waiting: tuple[Waiting, ...],
    *,
    office: Contact,
    address: str,
    today: date,
) -> tuple[Digest, ...]:
    """Return the digests, the office's with what waits for it: one of its own only for news."""
    others = tuple(one for one in digests if one.contact != office)
    own = tuple(one for one in digests if one.contact == office)
    if not own and any(one.is_new for one in waiting):
        own = (Digest(office, address, today, ()),)
    return (*others, *(replace(one, waiting=waiting) for one in own))


@dataclass(frozen=True, slots=True)
class _Reader:
    """Who reads of a remediation, in which part, by which day, and how far that has come."""

    contact: Contact
    audience: Audience
    own_due_on: date | None
    rung: Rung


def _readers(
    remediation: OpenRemediation,
    contacts: Contacts,
    ladder: Ladder,
    today: date,
    calendar: WorkCalendar,
) -> Iterable[_Reader]:
    """Return who reads of a remediation: each once, by the highest rung, else as the lead.

    Each audience has its own rungs, so that none is passed over by the next.
    """
    readers: dict[Contact, _Reader] = {}
    for audience, unit, own_due_on in _concerned(remediation, contacts.office):
        rung = rung_reached(
            remediation,
            due_on=own_due_on or remediation.due_on,
            rungs=[rung for rung in ladder.rungs if audience in rung.tells],
            today=today,
            calendar=calendar,
        )
        if rung is not None:
            contact = contacts.of(unit, today)
            other = readers.get(contact)
            if other is None or ladder.rungs.index(rung) > ladder.rungs.index(other.rung):
                readers[contact] = _Reader(contact, audience, own_due_on, rung)
    return readers.values()


def _concerned(
    remediation: OpenRemediation, office: str
) -> Iterable[tuple[Audience, str, date | None]]:
    yield Audience.LEAD, remediation.lead, None
    for part in remediation.supporting:
        yield Audience.SUPPORTING, part.unit, part.due_on
    yield Audience.OFFICE, office, None


def _was_told(
    remediation: OpenRemediation,
    rung: Rung,
    contact: Contact,
    rungs: Sequence[Rung],
    told: Collection[Told],
) -> bool:
    """Say whether a contact knows of this rung or a higher one, also when a day is replayed."""
    higher = rungs[rungs.index(rung) :]
    key = (remediation.reference, remediation.cycle)
    return any((*key, one.name, contact.recipient) in told for one in higher)


def _opening(ladder: Ladder, remediation: OpenRemediation, audience: Audience) -> Rung | None:
    """Return the opening rung that tells an audience, called by what set the clock again."""
    opening = next(
        (rung for rung in ladder.rungs if rung.on_opening and audience in rung.tells), None
    )
    labels = {move.value: label for move, label in ladder.again.items()}
    label = labels.get(remediation.clock_set_by)
    if opening is None or label is None:
        return opening
    return opening.model_copy(update={"label": label})
