"""Sets the milestones of long works: their due dates and their completion."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from junheng import bootstrap
from junheng.domain.history.hash_chain import EventKind, Happening
from junheng.domain.ledger.lifecycle import WITH_UNIT, Status
from junheng.domain.ledger.milestones import Milestone
from junheng.domain.ledger.remediation import Remediation
from junheng.wording.ledger.ledger import LedgerWords
from junheng.wording.ledger.refusals import MilestoneRefusals
from tasks.ledger import acts
from tasks.ledger.acts import ActRefused
from tasks.ledger.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Wanted:
    """A requested change of a milestone: a new date or None, and whether it is done."""

    name: str
    due_on: date | None
    is_done: bool


@dataclass(frozen=True, slots=True)
class Setting:
    """The person, day and reason of a change, and the approval if a due date moves back."""

    by: str
    on: date
    reason: str
    approved_by: str = ""


def put(reference: str, wanted: Wanted, setting: Setting, *, now: datetime) -> Remediation:
    """Set a milestone and return the changed remediation; raises ActRefused."""
    rulebook = bootstrap.rulebook()
    with bootstrap.session() as session:
        ledger = Ledger.of(session, rulebook, now=now)
        remediation = acts.find(ledger, reference)
        refusal = next(_refusals(remediation, wanted, setting, rulebook.wording.ledger), None)
        if refusal is not None:
            raise ActRefused(refusal)
        after = replace(remediation, milestones=_put(remediation, wanted, setting.on))
        return ledger.rewrite(remediation, after, _happening(wanted, setting))


def _happening(wanted: Wanted, setting: Setting) -> Happening:
    approved = {"approved_by": setting.approved_by} if setting.approved_by.strip() else {}
    return Happening(
        kind=EventKind.MILESTONE_SET,
        day=setting.on,
        by=setting.by,
        reason=setting.reason,
        details={"name": wanted.name.strip(), **approved},
    )


def _refusals(
    remediation: Remediation, wanted: Wanted, setting: Setting, wording: LedgerWords
) -> Iterator[str]:
    """Yield the reasons why a milestone cannot be set, the most general first."""
    refusals = wording.refusals.milestone
    if remediation.status not in WITH_UNIT | {Status.SUSPENDED}:
        status = wording.statuses[remediation.status]
        yield refusals.closed.format(reference=remediation.reference, status=status)
    needed = (
        (refusals.name, wanted.name),
        (refusals.by, setting.by),
        (refusals.reason, setting.reason),
    )
    yield from (sentence for sentence, text in needed if not text.strip())
    if setting.on < remediation.opened_on:
        yield refusals.on.format(on=setting.on, opened_on=remediation.opened_on)
    if wanted.due_on is None and not wanted.is_done:
        yield refusals.nothing
    known = _named(remediation, wanted.name)
    if wanted.due_on is None and known is None:
        yield refusals.unknown.format(name=wanted.name)
    if wanted.due_on is not None:
        yield from _date_refusals(remediation, known, wanted.due_on, setting, refusals)


def _date_refusals(
    remediation: Remediation,
    known: Milestone | None,
    due: date,
    setting: Setting,
    refusals: MilestoneRefusals,
) -> Iterator[str]:
    if due > remediation.due_on:
        yield refusals.late.format(due=due, due_on=remediation.due_on)
    if due < remediation.opened_on:
        yield refusals.before_opening.format(due=due, opened_on=remediation.opened_on)
    is_new = known is None or known.due_on != due
    if is_new and due < setting.on:
        yield refusals.past.format(due=due, on=setting.on)
    is_approved = bool(setting.approved_by.strip())
    if known is not None and known.done_on is None and known.due_on < due and not is_approved:
        yield refusals.later.format(name=known.name, before=known.due_on, due=due)


def _named(remediation: Remediation, name: str) -> Milestone | None:
    return next(
        (milestone for milestone in remediation.milestones if milestone.name == name.strip()), None
    )


def _put(remediation: Remediation, wanted: Wanted, on: date) -> tuple[Milestone, ...]:
    known = _named(remediation, wanted.name)
    due_on = wanted.due_on or (known.due_on if known else remediation.due_on)
    done_before = known.done_on if known else None
    done_on = on if wanted.is_done else done_before
    others = [milestone for milestone in remediation.milestones if milestone is not known]
    listed = [*others, Milestone(0, wanted.name.strip(), due_on, done_on)]
    listed.sort(key=lambda milestone: (milestone.due_on, milestone.position))
    return tuple(
        replace(milestone, position=position) for position, milestone in enumerate(listed, 1)
    )
