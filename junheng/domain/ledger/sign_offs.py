"""Sign-offs: requests to the office to hand over drafts, and the table of their transitions."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from junheng.domain import workdays
from junheng.domain.history import hash_chain
from junheng.domain.workdays import WorkCalendar

# An office that does not answer is reminded so many workdays after the last time.
WORKDAYS_BETWEEN_REMINDERS = 2
Draft = tuple[str, int]
"""(reference, cycle): a draft at the time when the office was asked for it."""


class Status(StrEnum):
    """The status of a sign-off."""

    ASKED = "asked"
    APPROVED = "approved"
    DECLINED = "declined"
    EXPIRED = "expired"
    # A newer one asks for the same drafts, or they were handed over without an answer.
    SUPERSEDED = "superseded"


class Change(StrEnum):
    """The transitions of a sign-off: the first two by a person, the others by the system."""

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
    """Why an answer is not accepted."""

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
    """We cannot accept an answer, because it is incomplete or the sign-off has ended."""

    def __init__(self, fault: Fault, *, reference: str = "") -> None:
        super().__init__(f"{fault} {reference}".strip())
        self.fault = fault
        self.reference = reference


@dataclass(frozen=True, slots=True)
class Answer:
    """A person's answer; `left_out` are references that stay drafted, each with its reason."""

    change: Change
    by: str
    reason: str = ""
    left_out: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SignOff:
    """One request to the office, and its outcome.

    `flow_run_id` is the run that asked and `answer_run_id` the one that answered, '' if by hand.
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
        """Return whether it ended by this same answer: a repeated answer changes nothing."""
        return (
            self.status is TABLE[answer.change][1]
            and (self.decided_by, self.reason) == (answer.by, answer.reason)
            and dict(self.left_out) == dict(answer.left_out)
        )

    def ended(self, change: Change, *, by: str, on: date, reason: str = "") -> "SignOff":
        """Return the sign-off after a change; raises AnswerNotAllowed."""
        origins, to = TABLE[change]
        if self.status not in origins:
            raise AnswerNotAllowed(Fault.DECIDED)
        return replace(self, status=to, decided_by=by, decided_on=on, reason=reason)


def content_of(drafts: Iterable[Draft]) -> str:
    """Return the hash of the requested drafts, independent of their order."""
    listed = [list(draft) for draft in sorted(drafts)]
    return hashlib.sha256(hash_chain.canonical({"drafts": listed}).encode()).hexdigest()


def asked_already(
    known: Iterable[SignOff], drafts: Iterable[Draft], *, flow_run_id: str
) -> SignOff | None:
    """Return the sign-off that asks for the same drafts, or that this run created."""
    content = content_of(drafts)
    for sign_off in known:
        is_of_the_run = bool(flow_run_id) and sign_off.flow_run_id == flow_run_id
        if is_of_the_run or (sign_off.is_asked and content_of(sign_off.drafts) == content):
            return sign_off
    return None


def answered(
    sign_off: SignOff, answer: Answer, *, on: date, drafted: frozenset[Draft]
) -> tuple[SignOff, tuple[Draft, ...]]:
    """Return a sign-off after an answer, and the drafts that it hands over.

    `drafted` are the present drafts: others of the sign-off are ignored.

    Raises:
        AnswerNotAllowed: it has ended, or the answer is incomplete.

    """
    after = sign_off.ended(answer.change, by=answer.by, on=on, reason=answer.reason)
    _check(sign_off, answer, on=on)
    if answer.change is not Change.APPROVE:
        return after, ()
    still = tuple(draft for draft in sign_off.drafts if draft in drafted)
    if not still:
        raise AnswerNotAllowed(Fault.NOTHING_LEFT)
    left_out = dict(_left_out(answer, {reference for reference, _ in still}))
    handed_over = tuple(draft for draft in still if draft[0] not in left_out)
    if not handed_over:
        raise AnswerNotAllowed(Fault.LEFT_OUT_ALL)
    return replace(after, left_out=left_out), handed_over


def _check(sign_off: SignOff, answer: Answer, *, on: date) -> None:
    if on > sign_off.decide_by:
        raise AnswerNotAllowed(Fault.TOO_LATE)
    if on < sign_off.asked_on:
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


def has_expired(sign_off: SignOff, today: date) -> bool:
    """Return whether the deadline passed without an answer; the last day itself is in time."""
    return sign_off.is_asked and sign_off.decide_by < today


@dataclass(frozen=True, slots=True)
class Signing:
    """The sign-off state of a draft; `told_on` is the newest day on which to remind of it."""

    status: Status
    decide_by: date
    told_on: date


def signings(
    known: Iterable[SignOff], *, today: date, calendar: WorkCalendar
) -> Mapping[Draft, Signing]:
    """Return the sign-off state of each draft, by its newest sign-off; `known` is newest first."""
    found: dict[Draft, Signing] = {}
    for sign_off in known:
        told_on = (
            _told_on(sign_off, today=today, calendar=calendar)
            if sign_off.is_asked
            else sign_off.decide_by
        )
        for draft in sign_off.drafts:
            found.setdefault(draft, Signing(sign_off.status, sign_off.decide_by, told_on))
    return found


def _told_on(sign_off: SignOff, *, today: date, calendar: WorkCalendar) -> date:
    """Return the newest reminder day up to today, or the first one if none has come yet."""
    first, *later = reminder_days(sign_off, calendar=calendar)
    return next((day for day in reversed(later) if day <= today), first)


def reminder_days(sign_off: SignOff, *, calendar: WorkCalendar) -> tuple[date, ...]:
    """Return the reminder days: the next workday, every second one after it, and the last day."""
    day = workdays.due_on(sign_off.asked_on, workdays=1, calendar=calendar)
    days = []
    while day < sign_off.decide_by:
        days.append(day)
        day = workdays.due_on(day, workdays=WORKDAYS_BETWEEN_REMINDERS, calendar=calendar)
    return (*days, sign_off.decide_by)
