"""The ladder: how long a remediation may take, which rung a day reaches, and who is owed a card."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pydantic import Field, model_validator

from junheng.domain.contacts import Contact, Contacts
from junheng.domain.standard import Frozen, Line, Severity
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


class Ladder(Frozen):
    """The district's time limits and rungs, lowest rung first."""

    time_limits: TimeLimits
    rungs: tuple[Rung, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class OpenRemediation:
    """What the chase needs to know of a remediation that is not closed."""

    reference: str
    indicator: str
    unit: str
    unit_name: str
    school_year: int
    items: tuple[str, ...]
    lead: str
    supporting: tuple[str, ...]
    basis: str
    opened_on: date
    due_on: date
    # Of a form that was sent back or never came: what is wrong with it, place by place.
    to_correct: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One remediation on one card, with the rung it has reached and the reader's part in it.

    `opening` is the opening rung where the reader has never been told of the remediation.
    """

    remediation: OpenRemediation
    rung: Rung
    audience: Audience
    opening: Rung | None = None

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

    @property
    def recipient(self) -> str:
        return self.contact.recipient


def rung_reached(
    remediation: OpenRemediation,
    *,
    rungs: Iterable[Rung],
    today: date,
    calendar: WorkCalendar,
) -> Rung | None:
    """Return the highest rung that a remediation has reached by today, None before it opened."""
    if today < remediation.opened_on:
        return None
    left = workdays_between(today, remediation.due_on, calendar=calendar)
    reached = [
        rung for rung in rungs if rung.workdays_to_due is None or left <= rung.workdays_to_due
    ]
    return reached[-1] if reached else None


Told = tuple[str, str, str]
"""(reference, rung, recipient): told once, and never again."""


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
    heard = {(reference, recipient) for reference, _, recipient in told}
    entries: dict[Contact, list[Entry]] = {}
    for remediation in remediations:
        reached = _reached_by_audience(remediation, ladder.rungs, today, calendar)
        for contact, (rung, audience) in _readers(remediation, reached, contacts, ladder).items():
            if not _was_told(remediation, rung, contact, ladder.rungs, told):
                is_new = (remediation.reference, contact.recipient) not in heard
                opening = _opening(ladder.rungs, audience) if is_new else None
                entry = Entry(remediation, rung, audience, opening)
                entries.setdefault(contact, []).append(entry)
    return tuple(
        Digest(contact, contacts.address_of(contact), today, tuple(listed))
        for contact, listed in entries.items()
    )


def _reached_by_audience(
    remediation: OpenRemediation,
    rungs: Iterable[Rung],
    today: date,
    calendar: WorkCalendar,
) -> Mapping[Audience, Rung]:
    """Return the highest rung that speaks to each audience: none is passed over by the next."""
    reached = {
        audience: rung_reached(
            remediation,
            rungs=[rung for rung in rungs if audience in rung.tells],
            today=today,
            calendar=calendar,
        )
        for audience in Audience
    }
    return {audience: rung for audience, rung in reached.items() if rung is not None}


def _readers(
    remediation: OpenRemediation,
    reached: Mapping[Audience, Rung],
    contacts: Contacts,
    ladder: Ladder,
) -> Mapping[Contact, tuple[Rung, Audience]]:
    """Return who reads of a remediation: each once, by the highest rung, else as the lead."""
    units = {
        Audience.LEAD: (remediation.lead,),
        Audience.SUPPORTING: remediation.supporting,
        Audience.OFFICE: (contacts.office,),
    }
    readers: dict[Contact, tuple[Rung, Audience]] = {}
    for audience, rung in reached.items():
        for contact in map(contacts.of, units[audience]):
            other, _ = readers.get(contact, (None, audience))
            if other is None or ladder.rungs.index(rung) > ladder.rungs.index(other):
                readers[contact] = (rung, audience)
    return readers


def _was_told(
    remediation: OpenRemediation,
    rung: Rung,
    contact: Contact,
    rungs: Sequence[Rung],
    told: Collection[Told],
) -> bool:
    """Say whether a contact knows of this rung or a higher one, also when a day is replayed."""
    higher = rungs[rungs.index(rung) :]
    return any((remediation.reference, one.name, contact.recipient) in told for one in higher)


def _opening(rungs: Iterable[Rung], audience: Audience) -> Rung | None:
    return next((rung for rung in rungs if rung.on_opening and audience in rung.tells), None)
