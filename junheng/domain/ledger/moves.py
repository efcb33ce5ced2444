"""The effect of each move on a remediation; every change of status goes through `move`."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from junheng.domain.duties.responsibilities import Assignment
from junheng.domain.ledger import lifecycle, milestones, transition_requirements
from junheng.domain.ledger.due_date_changes import reprojected
from junheng.domain.ledger.lifecycle import Closing, Move, Status, TransitionNotAllowed
from junheng.domain.ledger.remediation import (
    Act,
    LedgerContext,
    Remediation,
    drafted,
    projected,
    resumed,
)
from junheng.domain.ledger.transition_requirements import ClosingNotEarned, MoveIncomplete

Effect = Callable[[Remediation, Act, LedgerContext], Remediation]


def move(before: Remediation, act: Act, *, context: LedgerContext) -> Remediation:
    """Return a remediation after a move: the only way from one status to another.

    Raises:
        TransitionNotAllowed: the table does not allow the move.
        MoveIncomplete: a name, reason, date, cause or approver is missing or does not fit.
        ClosingNotEarned: the closing needs data or evidence that is missing.

    """
    to = lifecycle.destination(act.move, before.status, stood_at=before.stood_at)
    transition_requirements.check(before, act)
    moved = _EFFECTS[act.move](before, act, context)
    if to is before.status:
        return moved
    is_paused = to in {Status.SUSPENDED, Status.DISPUTED}
    return replace(moved, status=to, stood_at=before.status if is_paused else None)


def move_part(before: Remediation, act: Act) -> Remediation:
    """Return a remediation after a supporting unit's receipt or report of its own part.

    Raises:
        TransitionNotAllowed: another move, or the remediation is not handed over.
        MoveIncomplete: the unit does not support this remediation, or a name or day does not fit.

    """
    transition_requirements.check(before, act)
    part = before.part_of(act.unit)
    if part is None:
        raise MoveIncomplete(act.move, "unit")
    is_out = before.status in lifecycle.WITH_UNIT | lifecycle.WITH_OFFICE
    if not is_out or act.move not in {Move.RECEIPT, Move.REPORT}:
        raise TransitionNotAllowed(act.move, before.status)
    receipted_on = part.receipted_on or act.on
    reported_on = act.on if act.move is Move.REPORT else part.reported_on
    done = replace(
        part,
        receipted_on=receipted_on,
        reported_on=reported_on,
        progress=act.text or part.progress,
    )
    parts = tuple(done if other is part else other for other in before.parts)
    return replace(before, parts=parts)


def _as_it_is(before: Remediation, act: Act, context: LedgerContext) -> Remediation:
    return before


def _handed_over(before: Remediation, act: Act, context: LedgerContext) -> Remediation:
    assigned = Assignment(before.lead, before.supporting, before.basis)
    handed = drafted(before, assigned, terms=context.terms, on=act.on)
    return replace(handed, proof_from=before.proof_from or act.on)


def _receipted(before: Remediation, act: Act, context: LedgerContext) -> Remediation:
    return replace(before, receipted_on=act.on, progress=act.text or before.progress)


def _started(before: Remediation, act: Act, context: LedgerContext) -> Remediation:
    return replace(before, progress=act.text or before.progress)


def _reported(before: Remediation, act: Act, context: LedgerContext) -> Remediation:
    return replace(before, reported_on=act.on, progress=act.text or before.progress)


def _sent_back(before: Remediation, act: Act, context: LedgerContext) -> Remediation:
    # A unit that reported in time does not become late by this; a late unit stays late.
    was_in_time = before.reported_on is not None and before.reported_on <= before.due_on
    due = context.terms.rework_due(before.due_on, on=act.on) if was_in_time else before.due_on
    asked = before.extension_until
    still_asked = asked if asked is not None and asked > due else None
    again = replace(
        _clock_set(before, act), reported_on=None, due_on=due, extension_until=still_asked
    )
    return again if due == before.due_on else projected(again, terms=context.terms, on=act.on)


def _disputed(before: Remediation, act: Act, context: LedgerContext) -> Remediation:
    # The clock stops until the dispute about responsibility is settled.
    return replace(before, arbitrate_by=context.terms.arbitrate_by(act.on), suspended_on=act.on)


def _upheld(before: Remediation, act: Act, context: LedgerContext) -> Remediation:
    running = resumed(before, terms=context.terms, on=act.on)
    return replace(_clock_set(running, act), arbitrate_by=None)


def _reassigned(before: Remediation, act: Act, context: LedgerContext) -> Remediation:
    if act.assigned is None or act.assigned.lead == before.lead:
        raise MoveIncomplete(act.move, "lead")
    # The new lead gets the whole time limit.
    redrafted = drafted(before, act.assigned, terms=context.terms, on=act.on)
    return replace(_clock_set(redrafted, act), action="", progress="")


def _asked(before: Remediation, act: Act, context: LedgerContext) -> Remediation:
    if act.until is None or act.until <= before.due_on:
        raise MoveIncomplete(act.move, "until")
    if act.on > before.due_on:
        raise MoveIncomplete(act.move, "before_due")
    return replace(before, extension_until=act.until)


def _granted(before: Remediation, act: Act, context: LedgerContext) -> Remediation:
    if before.extension_until is None:
        raise MoveIncomplete(act.move, "asked")
    until = before.extension_until
    if until < act.on:
        raise MoveIncomplete(act.move, "until_past")
    supporting_due = context.terms.supporting_due(before.opened_on, until)
    return replace(
        _clock_set(before, act),
        due_on=until,
        # A promised date does not depend on the calendar.
        assumed_since=None,
        assumed_rest_days=(),
        extension_until=None,
        parts=tuple(
            part
            if part.reported_on is not None
            else replace(part, due_on=max(part.due_on, supporting_due))
            for part in before.parts
        ),
        milestones=milestones.extended(
            before.milestones,
            was_due_on=before.due_on,
            due_on=until,
            calendar=context.terms.calendar,
        ),
    )


def _refused(before: Remediation, act: Act, context: LedgerContext) -> Remediation:
    if before.extension_until is None:
        raise MoveIncomplete(act.move, "asked")
    return replace(before, extension_until=None)


def _suspended(before: Remediation, act: Act, context: LedgerContext) -> Remediation:
    return replace(before, suspended_on=act.on)


def _resumed(before: Remediation, act: Act, context: LedgerContext) -> Remediation:
    return _clock_set(resumed(before, terms=context.terms, on=act.on), act)


def _waived(before: Remediation, act: Act, context: LedgerContext) -> Remediation:
    if act.until is None or act.until < act.on:
        raise MoveIncomplete(act.move, "until")
    return replace(
        before,
        waived_until=act.until,
        suspended_on=None,
        extension_until=None,
        arbitrate_by=None,
    )


def _closed(closing: Closing) -> Effect:
    def effect(before: Remediation, act: Act, context: LedgerContext) -> Remediation:
        if closing is Closing.EVIDENCE and (
            not context.grounds.is_attested or context.grounds.missing_kinds
        ):
            raise ClosingNotEarned(context.grounds)
        if act.cause is None:
            raise MoveIncomplete(act.move, "cause")
        return replace(
            before,
            closed_on=act.on,
            closing=closing,
            cause=act.cause,
            was_overridden=before.was_overridden or closing is Closing.OVERRIDE,
            followed_year=act.school_year or before.followed_year,
            extension_until=None,
            suspended_on=None,
            waived_until=None,
            arbitrate_by=None,
        )

    return effect


def _reopened(before: Remediation, act: Act, context: LedgerContext) -> Remediation:
    return replace(
        _redrafted(before, act, context),
        proof_from=act.on,
        relapses=before.relapses + 1,
        closed_on=None,
        closing=None,
        cause=None,
        action="",
        progress="",
    )


def _lapsed(before: Remediation, act: Act, context: LedgerContext) -> Remediation:
    again = _redrafted(before, act, context)
    # A promised date may have passed during the waiver.
    if again.due_on > act.on:
        return again
    return replace(again, due_on=context.terms.rework_due(again.due_on, on=act.on))


def _redrafted(before: Remediation, act: Act, context: LedgerContext) -> Remediation:
    assigned = act.assigned or Assignment(before.lead, before.supporting, before.basis)
    again = drafted(_following(before, act), assigned, terms=context.terms, on=act.on)
    return _clock_set(again, act)


def _carried_over(before: Remediation, act: Act, context: LedgerContext) -> Remediation:
    # The promised dates do not change, but all readers are notified again.
    return replace(
        _clock_set(_following(before, act), act),
        carried_over=before.carried_over + 1,
        proof_from=act.on,
    )


def _reprojected(before: Remediation, act: Act, context: LedgerContext) -> Remediation:
    moved = reprojected(before, calendar=context.terms.calendar, on=act.on)
    if moved is None:
        raise TransitionNotAllowed(act.move, before.status)
    # The due date may move into the next year, which may not be announced either.
    counted = projected(moved, terms=context.terms, on=before.assumed_since or act.on)
    return _clock_set(counted, act)


def _followed(before: Remediation, act: Act, context: LedgerContext) -> Remediation:
    return _following(before, act)


def _clock_set(before: Remediation, act: Act) -> Remediation:
    return replace(before, cycle=before.cycle + 1, clock_set_by=act.move.value)


def _following(before: Remediation, act: Act) -> Remediation:
    items = before.items if act.items is None else act.items
    return replace(before, items=items, followed_year=act.school_year or before.followed_year)


def _not_allowed(before: Remediation, act: Act, context: LedgerContext) -> Remediation:
    raise TransitionNotAllowed(act.move, before.status)


_EFFECTS: Mapping[Move, Effect] = {
    Move.DRAFT: _not_allowed,
    Move.SIGN_OFF: _as_it_is,
    Move.HAND_OVER: _handed_over,
    Move.RECEIPT: _receipted,
    Move.START: _started,
    Move.REPORT: _reported,
    Move.REVIEW: _as_it_is,
    Move.CLOSE: _closed(Closing.EVIDENCE),
    Move.SEND_BACK: _sent_back,
    Move.DISPUTE: _disputed,
    Move.UPHOLD: _upheld,
    Move.REASSIGN: _reassigned,
    Move.ASK_EXTENSION: _asked,
    Move.GRANT_EXTENSION: _granted,
    Move.REFUSE_EXTENSION: _refused,
    Move.SUSPEND: _suspended,
    Move.RESUME: _resumed,
    Move.WAIVE: _waived,
    Move.LAPSE: _lapsed,
    Move.CLOSE_BY_DATA: _closed(Closing.DATA),
    Move.OVERRIDE_CLOSE: _closed(Closing.OVERRIDE),
    Move.REOPEN: _reopened,
    Move.CARRY_OVER: _carried_over,
    Move.FOLLOW: _followed,
    Move.FAIL_AGAIN: _sent_back,
    Move.REPROJECT: _reprojected,
}
