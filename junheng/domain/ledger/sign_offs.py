"""Sign-offs: what the office is asked to hand over, and the one table of what becomes of it."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from junheng.domain import workdays
from junheng.domain.history import hash_chain
from junheng.domain.workdays import WorkCalendar

# Who is asked and says nothing is asked again: so many workdays after the last time.
WORKDAYS_BETWEEN_REMINDERS = 2
Draft = tuple[str, int]
"""(reference, cycle): a draft as it stood when the office was asked for it."""


class Status(StrEnum):
    """Where a sign-off stands."""

    ASKED = "asked"
    APPROVED = "approved"
    DECLINED = "declined"
    EXPIRED = "expired"
    # A newer one asks for what this one asked for, or somebody handed it over without an answer.
    SUPERSEDED = "superseded"


class Change(StrEnum):
    """What becomes of a sign-off: two by a person, two by themselves."""

    APPROVE = "approve"
    DECLINE = "decline"
    EXPIRE = "expire"
    SUPERSEDE = "supersede"


TABLE: Mapping[Change, tuple[frozenset[Status], Status]] = {
    Change.APPROVE: (frozenset({Status.ASKED}), Status.APPROVED),
    Change.DECLINE: (frozenset({Status.ASKED}), Status.DECLINED),
    Change.EXPIRE: (frozenset({Status.ASKED}), Status.EXPIRED),
    Change.SUPERSEDE: (frozenset({Status.ASKED}), Status.SUPERSEDED),
}


class Fault(StrEnum):
    """Why an answer cannot be taken."""

    DECIDED = "decided"
    TOO_LATE = "too_late"
    TOO_EARLY = "too_early"
    NO_NAME = "no_name"
    NO_PERSON = "no_person"
    NO_REASON = "no_reason"
    NOTHING_LEFT = "nothing_left"
    LEFT_OUT_OF_WHAT = "left_out_of_what"
    LEFT_OUT_UNKNOWN = "left_out_unknown"
    LEFT_OUT_TWICE = "left_out_twice"
    LEFT_OUT_WHY = "left_out_why"
    LEFT_OUT_ALL = "left_out_all"


class AnswerNotAllowed(Exception):
    """We cannot take an answer, because something of it is lacking or the sign-off has ended."""

    def __init__(self, fault: Fault, *, reference: str = "") -> None:
        super().__init__(f"{fault} {reference}".strip())
        self.fault = fault
        self.reference = reference


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person answers; `left_out` are references that stay drafted, each with its reason."""

    change: Change
    by: str
    reason: str = ""
    left_out: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SignOff:
    """One asking of the office, and what became of it.

    `flow_run_id` is the run that asked and `answer_run_id` the one that answered, '' by hand.
    """

    number: int
    school_year: int
    drafts: tuple[Draft, ...]
    asked_on: date
    decide_by: date
    flow_run_id: str = ""
    status: Status = Status.ASKED
    decided_by: str = ""
    decided_on: date | None = None
    reason: str = ""
    left_out: Mapping[str, str] = field(default_factory=dict)
    answer_run_id: str = ""

    @property
    def is_asked(self) -> bool:
        return self.status is Status.ASKED

    @property
    def references(self) -> tuple[str, ...]:
        return tuple(reference for reference, _ in self.drafts)

    def is_answered_by(self, answer: Answer) -> bool:
        """Say whether it ended by this very answer: who gives it again changes nothing."""
        return (
            self.status is TABLE[answer.change][1]
            and (self.decided_by, self.reason) == (answer.by, answer.reason)
            and dict(self.left_out) == dict(answer.left_out)
        )

    def ended(self, change: Change, *, by: str, on: date, reason: str = "") -> "SignOff":
        """Return what a change makes of it; raises AnswerNotAllowed."""
        origins, to = TABLE[change]
        if self.status not in origins:
            raise AnswerNotAllowed(Fault.DECIDED)
        return replace(self, status=to, decided_by=by, decided_on=on, reason=reason)


def content_of(drafts: Iterable[Draft]) -> str:
    """Return the hash of what is asked: the same for the same drafts, in whatever order."""
    listed = [list(draft) for draft in sorted(drafts)]
    return hashlib.sha256(hash_chain.canonical({"drafts": listed}).encode()).hexdigest()


def asked_already(
    known: Iterable[SignOff], drafts: Iterable[Draft], *, flow_run_id: str
) -> SignOff | None:
    """Return the sign-off that asks for the same drafts, or that this very run asked for."""
    content = content_of(drafts)
    for one in known:
        is_of_the_run = bool(flow_run_id) and one.flow_run_id == flow_run_id
        if is_of_the_run or (one.is_asked and content_of(one.drafts) == content):
            return one
    return None


def answered(
    one: SignOff, answer: Answer, *, on: date, drafted: frozenset[Draft]
) -> tuple[SignOff, tuple[Draft, ...]]:
    """Return a sign-off as an answer leaves it, and the drafts that are handed over by it.

    `drafted` is what is a draft now: what has gone another way meanwhile is left alone.

    Raises:
        AnswerNotAllowed: it has ended, or the answer lacks something.

    """
    after = one.ended(answer.change, by=answer.by, on=on, reason=answer.reason)
    _check(one, answer, on=on)
    if answer.change is not Change.APPROVE:
        return after, ()
    still = tuple(draft for draft in one.drafts if draft in drafted)
    if not still:
        raise AnswerNotAllowed(Fault.NOTHING_LEFT)
    left_out = dict(_left_out(answer, {reference for reference, _ in still}))
    handed_over = tuple(draft for draft in still if draft[0] not in left_out)
    if not handed_over:
        raise AnswerNotAllowed(Fault.LEFT_OUT_ALL)
    return replace(after, left_out=left_out), handed_over


def _check(one: SignOff, answer: Answer, *, on: date) -> None:
    if on > one.decide_by:
        raise AnswerNotAllowed(Fault.TOO_LATE)
    if on < one.asked_on:
        raise AnswerNotAllowed(Fault.TOO_EARLY)
    if not answer.by.strip():
        raise AnswerNotAllowed(Fault.NO_NAME)
    if answer.change is Change.DECLINE and not answer.reason.strip():
        raise AnswerNotAllowed(Fault.NO_REASON)
    if answer.change is not Change.APPROVE and answer.left_out:
        raise AnswerNotAllowed(Fault.LEFT_OUT_OF_WHAT)


def _left_out(answer: Answer, drafted: set[str]) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for reference, reason in answer.left_out:
        if reference not in drafted:
            raise AnswerNotAllowed(Fault.LEFT_OUT_UNKNOWN, reference=reference)
        if reference in seen:
            raise AnswerNotAllowed(Fault.LEFT_OUT_TWICE, reference=reference)
        if not reason.strip():
            raise AnswerNotAllowed(Fault.LEFT_OUT_WHY, reference=reference)
        seen.add(reference)
        yield reference, reason


def has_expired(one: SignOff, today: date) -> bool:
    """Say whether nobody answered by the day: the day itself still counts."""
    return one.is_asked and one.decide_by < today


@dataclass(frozen=True, slots=True)
class Signing:
    """Where a draft stands with its signing; `told_on` is the newest day to tell of it again."""

    status: Status
    decide_by: date
    told_on: date


def signings(
    known: Iterable[SignOff], *, today: date, calendar: WorkCalendar
) -> Mapping[Draft, Signing]:
    """Return where each draft stands, by the newest sign-off of it; `known` are newest first."""
    found: dict[Draft, Signing] = {}
    for one in known:
        told_on = _told_on(one, today=today, calendar=calendar) if one.is_asked else one.decide_by
        for draft in one.drafts:
            found.setdefault(draft, Signing(one.status, one.decide_by, told_on))
    return found


def _told_on(one: SignOff, *, today: date, calendar: WorkCalendar) -> date:
    """Return the newest day of telling that has come: the first one counts from the asking on."""
    first, *later = reminder_days(one, calendar=calendar)
    return next((day for day in reversed(later) if day <= today), first)


def reminder_days(one: SignOff, *, calendar: WorkCalendar) -> tuple[date, ...]:
    """Return the days on which the office is told: the next workday, each second one, the last."""
    day = workdays.due_on(one.asked_on, workdays=1, calendar=calendar)
    days = []
    while day < one.decide_by:
        days.append(day)
        day = workdays.due_on(day, workdays=WORKDAYS_BETWEEN_REMINDERS, calendar=calendar)
    return (*days, one.decide_by)
