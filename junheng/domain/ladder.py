"""The ladder: how long a remediation may take, which rung a day reaches, and who is owed a card."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pydantic import Field, model_validator

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


class Contact(Frozen):
    """One person, the departments answered for, and the address where chat reaches them."""

    units: tuple[str, ...] = Field(min_length=1)
    name: str
    chat: str | None = None

    @property
    def recipient(self) -> str:
        """The units answered for, as the plan names them: the contact's name in every export."""
        return "、".join(self.units)


class Contacts(Frozen):
    """Everyone who reads cards; a unit without a contact is told through the common channel."""

    channel: str
    office: str
    contacts: tuple[Contact, ...] = ()

    def of(self, unit: str) -> Contact:
        listed = (contact for contact in self.contacts if unit in contact.units)
        return next(listed, Contact(units=(unit,), name=f"{unit}联系人"))

    def address_of(self, contact: Contact) -> str:
        return contact.chat or self.channel


@dataclass(frozen=True, slots=True)
class OpenRemediation:
    """What the chase needs to know of a remediation that is not closed."""

    reference: str
    indicator: str
    unit: str
    unit_name: str
    items: tuple[str, ...]
    lead: str
    supporting: tuple[str, ...]
    basis: str
    opened_on: date
    due_on: date
    school_year: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One remediation on one card, with the rung it has reached and the reader's part in it."""

    remediation: OpenRemediation
    rung: Rung
    audience: Audience


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
    reader = _Reader(ladder.rungs, contacts, told, frozenset((one[0], one[2]) for one in told))
    entries: dict[Contact, list[Entry]] = {}
    for remediation in remediations:
        rung = rung_reached(remediation, rungs=ladder.rungs, today=today, calendar=calendar)
        if rung is not None:
            for contact, entry in reader.entries(remediation, rung, today=today):
                entries.setdefault(contact, []).append(entry)
    return tuple(
        Digest(contact, contacts.address_of(contact), today, tuple(listed))
        for contact, listed in entries.items()
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    """Who is told what of a remediation: `heard` is who has been told of it at all."""

    rungs: Sequence[Rung]
    contacts: Contacts
    told: Collection[Told]
    heard: frozenset[tuple[str, str]]

    def entries(
        self, remediation: OpenRemediation, rung: Rung, *, today: date
    ) -> Iterator[tuple[Contact, Entry]]:
        reached = _readers(remediation, rung, self.contacts)
        opening = next((one for one in self.rungs if one.on_opening), None)
        unheard = {} if opening is None else self._unheard(remediation, opening)
        for contact, audience in reached.items():
            # What is new is told as new: a reminder of what nobody knows says nothing.
            is_new = contact in unheard and opening is not None and today < remediation.due_on
            if not is_new and not self._was_told(remediation, rung, contact):
                yield contact, Entry(remediation, rung, audience)
        for contact, audience in unheard.items():
            if opening is not None and (contact not in reached or today < remediation.due_on):
                yield contact, Entry(remediation, opening, audience)

    def _unheard(self, remediation: OpenRemediation, opening: Rung) -> Mapping[Contact, Audience]:
        """Return those who should have been told on opening, and have been told nothing."""
        return {
            contact: audience
            for contact, audience in _readers(remediation, opening, self.contacts).items()
            if (remediation.reference, contact.recipient) not in self.heard
        }

    def _was_told(self, remediation: OpenRemediation, rung: Rung, contact: Contact) -> bool:
        """Say whether a contact knows of this rung or a higher one, also when a day is replayed."""
        higher = self.rungs[self.rungs.index(rung) :]
        return any(
            (remediation.reference, one.name, contact.recipient) in self.told for one in higher
        )


def _readers(
    remediation: OpenRemediation,
    rung: Rung,
    contacts: Contacts,
) -> Mapping[Contact, Audience]:
    units = {
        Audience.LEAD: (remediation.lead,),
        Audience.SUPPORTING: remediation.supporting,
        Audience.OFFICE: (contacts.office,),
    }
    readers: dict[Contact, Audience] = {}
    for audience in Audience:
        if audience in rung.tells:
            for unit in units[audience]:
                # Who leads and supports by two names at once reads it once, as the lead.
                readers.setdefault(contacts.of(unit), audience)
    return readers
