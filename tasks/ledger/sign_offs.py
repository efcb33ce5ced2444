"""Sign-offs: requests the office's approval to hand over drafts, accepts answers, expires them."""

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

# The name of the request itself in events; the other names are the changes of the table.
ASK = "ask"


class AnswerRefused(Refusal):
    """We cannot accept an answer to a sign-off; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The result of an answer: `is_new` is False if the same answer was given before."""

    sign_off: SignOff
    handed_over: int = 0
    is_new: bool = True


def ask(*, year: int, today: date, now: datetime, flow_run_id: str = "") -> SignOff | None:
    """Request a sign-off of all drafts; None if there are no drafts. Idempotent.

    The new sign-off supersedes an unanswered earlier request.
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
    """Supersede open requests, because a person has handed over everything."""
    _supersede(ledger, by=by, on=on, reason=ledger.rulebook.wording.sign_off.by_hand)


def _supersede(ledger: Ledger, *, by: str, on: date, reason: str) -> None:
    for sign_off in store.newest_first(ledger.session, ledger.district):
        if sign_off.is_asked:
            after = sign_off.ended(Change.SUPERSEDE, by=by, on=on, reason=reason)
            _end(ledger, Change.SUPERSEDE, after, on=on)


def answer(
    number: int | None, given: Answer, *, on: date, now: datetime, answer_run_id: str = ""
) -> Answered:
    """Accept an answer and hand over the approved drafts, all or none; raises AnswerRefused.

    Without a number, the open request is answered; a retried run answers the same request again.
    """
    rulebook = bootstrap.rulebook()
    with bootstrap.session() as session:
        ledger = Ledger.of(session, rulebook, now=now)
        sign_off = find(session, rulebook, number, answer_run_id=answer_run_id)
        if sign_off.is_answered_by(given):
            return Answered(sign_off, is_new=False)
        try:
            handed_over, after = _taken(ledger, sign_off, given, on)
        except AnswerNotAllowed as error:
            raise AnswerRefused(_refusal(rulebook, sign_off, given, error)) from error
        after = replace(after, answer_run_id=answer_run_id)
        details = {"handed_over": handed_over, "left_out": dict(after.left_out)}
        _end(ledger, given.change, after, on=on, details=details)
        return Answered(after, len(handed_over))


def _taken(
    ledger: Ledger, sign_off: SignOff, given: Answer, on: date
) -> tuple[tuple[str, ...], SignOff]:
    """Hand over the approved drafts, and record a remark for each excluded draft."""
    if given.by.strip() == SYSTEM:
        raise AnswerNotAllowed(Fault.NO_PERSON)
    drafts = {_draft(remediation): remediation for remediation in ledger.drafts()}
    after, approved = sign_offs.answered(sign_off, given, on=on, drafted=frozenset(drafts))
    for draft in approved:
        ledger.hand_over(drafts[draft], by=given.by, on=on, reason=given.reason)
    for draft in sign_off.drafts:
        if draft in drafts and draft[0] in after.left_out:
            ledger.remark(drafts[draft], by=given.by, on=on, reason=after.left_out[draft[0]])
    return tuple(reference for reference, _ in approved), after


def expire_due(today: date, *, now: datetime) -> int:
    """Expire the requests without an answer in time; return how many. Idempotent."""
    with bootstrap.session() as session:
        ledger = Ledger.of(session, bootstrap.rulebook(), now=now)
        known = store.newest_first(session, ledger.district)
        expired = [sign_off for sign_off in known if sign_offs.has_expired(sign_off, today)]
        for sign_off in expired:
            after = sign_off.ended(Change.EXPIRE, by=SYSTEM, on=today)
            _end(ledger, Change.EXPIRE, after, on=today)
        return len(expired)


def find(
    session: Session, rulebook: Rulebook, number: int | None, *, answer_run_id: str = ""
) -> SignOff:
    """Return a sign-off: by its number, else answered by this run, else open, else the newest.

    Raises:
        AnswerRefused: the sign-off does not exist.

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
    of_this_run = (
        sign_off for sign_off in known if answer_run_id and sign_off.answer_run_id == answer_run_id
    )
    asked = (sign_off for sign_off in known if sign_off.is_asked)
    return next(of_this_run, None) or next(asked, known[0])


def asking(asked: SignOff | None) -> str:
    """Return the request to the office, in a sentence."""
    wording = bootstrap.rulebook().wording.sign_off
    if asked is None:
        return wording.nothing
    count, decide_by = len(asked.drafts), asked.decide_by
    return wording.asked.format(number=asked.number, count=count, decide_by=decide_by)


def sentence(answered: Answered) -> str:
    """Return the result of an answer, in a sentence."""
    sign_off, wording = answered.sign_off, bootstrap.rulebook().wording.sign_off
    left_out = len(sign_off.left_out)
    of_new = wording.declined if sign_off.status is Status.DECLINED else wording.approved
    return (of_new if answered.is_new else wording.again).format(
        number=sign_off.number,
        by=sign_off.decided_by,
        reason=sign_off.reason,
        handed_over=answered.handed_over,
        left_out=left_out,
        skipped=len(sign_off.drafts) - answered.handed_over - left_out,
    )


def _draft(remediation: Remediation) -> Draft:
    return (remediation.reference, remediation.cycle)


def _refusal(rulebook: Rulebook, sign_off: SignOff, given: Answer, error: AnswerNotAllowed) -> str:
    refusal = rulebook.wording.sign_off.refusals[error.fault]
    sentence = refusal if isinstance(refusal, str) else refusal[sign_off.status]
    return sentence.format(
        number=sign_off.number,
        by=sign_off.decided_by if error.fault is Fault.DECIDED else given.by,
        on=sign_off.decided_on,
        reason=sign_off.reason,
        asked_on=sign_off.asked_on,
        decide_by=sign_off.decide_by,
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
    """Write the new state of a sign-off with its event."""
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
    sign_off: SignOff,
    *,
    by: str,
    on: date,
    details: Mapping[str, object],
    was: str = "",
) -> None:
    all_details = {
        "sign_off": sign_off.number,
        "decide_by": sign_off.decide_by.isoformat(),
        **details,
    }
    ledger.history.tell(
        Happening(
            kind=EventKind.SIGN_OFF,
            day=on,
            by=by,
            reason=sign_off.reason,
            move=move,
            was=was,
            became=sign_off.status.value,
            details=all_details,
        )
    )
