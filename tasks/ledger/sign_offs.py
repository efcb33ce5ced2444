"""Sign-offs: asks the office what may be handed over, takes its answer, and ends what got none."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from junheng import bootstrap
from junheng.domain import workdays
from junheng.domain.history.hash_chain import EventKind, Happening
from junheng.domain.ledger import sign_offs
from junheng.domain.ledger.remediation import Remediation
from junheng.domain.ledger.sign_offs import (
    Answer,
    AnswerNotAllowed,
    Change,
    Draft,
    Fault,
    SignOff,
    Status,
)
from junheng.refusals import Refusal
from junheng.rulebook import Rulebook
from junheng.store import sign_offs as store
from junheng.store.database.database import Session
from junheng.store.sign_offs import UnknownSignOff
from tasks.ledger.ledger import SYSTEM, Ledger

# What an event calls the asking itself; the rest are the changes of the table.
ASK = "ask"


class AnswerRefused(Refusal):
    """We cannot take an answer to a sign-off; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What an answer came to: `is_new` is False where the very same had been given before."""

    sign_off: SignOff
    handed_over: int = 0
    is_new: bool = True


def ask(*, year: int, today: date, now: datetime, flow_run_id: str = "") -> SignOff | None:
    """Ask for everything that is drafted, None where nothing is; the same again asks for nothing.

    What an earlier sign-off still asks for is asked for by this one.
    """
    with bootstrap.session() as session:
        ledger = Ledger.of(session, bootstrap.rulebook(), now=now)
        known = store.newest_first(session, ledger.district)
        drafts = tuple(sorted(map(_draft, ledger.drafts())))
        before = sign_offs.asked_already(known, drafts, flow_run_id=flow_run_id)
        if before is not None or not drafts:
            return before
        limit = ledger.rulebook.ladder.time_limits.sign_off
        asked = SignOff(
            number=known[0].number + 1 if known else 1,
            school_year=year,
            drafts=drafts,
            asked_on=today,
            decide_by=workdays.due_on(today, workdays=limit, calendar=ledger.rulebook.calendar),
            flow_run_id=flow_run_id,
        )
        newer = ledger.rulebook.wording.sign_off.newer.format(number=asked.number)
        _supersede(ledger, by=SYSTEM, on=today, reason=newer)
        store.add(session, ledger.district, asked)
        _tell(ledger, ASK, asked, by=SYSTEM, on=today, details={"drafts": list(asked.references)})
        return asked


def signed_by_hand(ledger: Ledger, *, by: str, on: date) -> None:
    """End what is still asked, because who signs has handed everything over."""
    _supersede(ledger, by=by, on=on, reason=ledger.rulebook.wording.sign_off.by_hand)


def _supersede(ledger: Ledger, *, by: str, on: date, reason: str) -> None:
    for one in store.newest_first(ledger.session, ledger.district):
        if one.is_asked:
            after = one.ended(Change.SUPERSEDE, by=by, on=on, reason=reason)
            _end(ledger, Change.SUPERSEDE, after, on=on)


def answer(
    number: int | None, given: Answer, *, on: date, now: datetime, answer_run_id: str = ""
) -> Answered:
    """Take an answer and hand over what it lets go, all or nothing; raises AnswerRefused.

    Without a number it answers what is asked now; a run that is run again, what it answered before.
    """
    rulebook = bootstrap.rulebook()
    with bootstrap.session() as session:
        ledger = Ledger.of(session, rulebook, now=now)
        one = find(session, rulebook, number, answer_run_id=answer_run_id)
        if one.is_answered_by(given):
            return Answered(one, is_new=False)
        try:
            handed_over, after = _taken(ledger, one, given, on)
        except AnswerNotAllowed as error:
            raise AnswerRefused(_refusal(rulebook, one, given, error)) from error
        after = replace(after, answer_run_id=answer_run_id)
        details = {"handed_over": handed_over, "left_out": dict(after.left_out)}
        _end(ledger, given.change, after, on=on, details=details)
        return Answered(after, len(handed_over))


def _taken(
    ledger: Ledger, one: SignOff, given: Answer, on: date
) -> tuple[tuple[str, ...], SignOff]:
    """Hand over what an answer lets go, and remark on what it leaves out."""
    if given.by.strip() == SYSTEM:
        raise AnswerNotAllowed(Fault.NO_PERSON)
    drafts = {_draft(held): held for held in ledger.drafts()}
    after, going = sign_offs.answered(one, given, on=on, drafted=frozenset(drafts))
    for draft in going:
        ledger.hand_over(drafts[draft], by=given.by, on=on, reason=given.reason)
    for draft in one.drafts:
        if draft in drafts and draft[0] in after.left_out:
            ledger.remark(drafts[draft], by=given.by, on=on, reason=after.left_out[draft[0]])
    return tuple(reference for reference, _ in going), after


def expire_due(today: date, *, now: datetime) -> int:
    """End what nobody answered by its day, and return how many; again, and there is none."""
    with bootstrap.session() as session:
        ledger = Ledger.of(session, bootstrap.rulebook(), now=now)
        known = store.newest_first(session, ledger.district)
        over = [one for one in known if sign_offs.has_expired(one, today)]
        for one in over:
            after = one.ended(Change.EXPIRE, by=SYSTEM, on=today)
            _end(ledger, Change.EXPIRE, after, on=today)
        return len(over)


def find(
    session: Session, rulebook: Rulebook, number: int | None, *, answer_run_id: str = ""
) -> SignOff:
    """Return the sign-off that is meant: by its number, or the one asked now, or the newest.

    Raises:
        AnswerRefused: there is none, or none of that number.

    """
    refusals = rulebook.wording.sign_off.refusals
    if number is not None:
        try:
            return store.numbered(session, rulebook.district.code, number)
        except UnknownSignOff as error:
            raise AnswerRefused(refusals.unknown.format(number=number)) from error
    known = store.newest_first(session, rulebook.district.code)
    if not known:
        raise AnswerRefused(refusals.none)
    of_this_run = (one for one in known if answer_run_id and one.answer_run_id == answer_run_id)
    asked = (one for one in known if one.is_asked)
    return next(of_this_run, None) or next(asked, known[0])


def asking(asked: SignOff | None) -> str:
    """Return what is asked of the office, in one sentence."""
    wording = bootstrap.rulebook().wording.sign_off
    if asked is None:
        return wording.nothing
    count, decide_by = len(asked.drafts), asked.decide_by
    return wording.asked.format(number=asked.number, count=count, decide_by=decide_by)


def sentence(answered: Answered) -> str:
    """Return what an answer came to, in one sentence."""
    one, wording = answered.sign_off, bootstrap.rulebook().wording.sign_off
    left_out = len(one.left_out)
    of_new = wording.declined if one.status is Status.DECLINED else wording.approved
    return (of_new if answered.is_new else wording.again).format(
        number=one.number,
        by=one.decided_by,
        reason=one.reason,
        handed_over=answered.handed_over,
        left_out=left_out,
        skipped=len(one.drafts) - answered.handed_over - left_out,
    )


def _draft(held: Remediation) -> Draft:
    return (held.reference, held.cycle)


def _refusal(rulebook: Rulebook, one: SignOff, given: Answer, error: AnswerNotAllowed) -> str:
    refusal = rulebook.wording.sign_off.refusals[error.fault]
    sentence = refusal if isinstance(refusal, str) else refusal[one.status]
    return sentence.format(
        number=one.number,
        by=one.decided_by if error.fault is Fault.DECIDED else given.by,
        on=one.decided_on,
        reason=one.reason,
        asked_on=one.asked_on,
        decide_by=one.decide_by,
        reference=error.reference,
    )


def _end(
    ledger: Ledger,
    change: Change,
    after: SignOff,
    *,
    on: date,
    details: Mapping[str, object] | None = None,
) -> None:
    """Write what became of a sign-off, and tell of it."""
    store.change(ledger.session, ledger.district, after)
    _tell(
        ledger,
        change.value,
        after,
        by=after.decided_by,
        on=on,
        was=Status.ASKED.value,
        details=details or {},
    )


def _tell(
    ledger: Ledger,
    move: str,
    one: SignOff,
    *,
    by: str,
    on: date,
    details: Mapping[str, object],
    was: str = "",
) -> None:
    told = {"sign_off": one.number, "decide_by": one.decide_by.isoformat(), **details}
    ledger.history.tell(
        Happening(
            kind=EventKind.SIGN_OFF,
            day=on,
            by=by,
            reason=one.reason,
            move=move,
            was=was,
            became=one.status.value,
            details=told,
        )
    )
