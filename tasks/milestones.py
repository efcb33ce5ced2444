"""Sets the milestones of long works: their dates, and which of them are done."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from junheng import bootstrap
from junheng.domain import remediation as remediations_of
from junheng.domain.chain import EventKind, Happening
from junheng.domain.lifecycle import WITH_UNIT, Status
from junheng.domain.milestones import Milestone
from junheng.domain.remediation import Remediation
from junheng.store import remediations as store
from tasks import acting
from tasks.acting import ActRefused
from tasks.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a milestone is to be: its date, where a new one is set, and whether it is done."""

    name: str
    due_on: date | None
    is_done: bool


def put(reference: str, wanted: Wanted, *, by: str, reason: str, on: date) -> Remediation:
    """Set a milestone and return what the remediation has become; raises ActRefused."""
    rulebook = bootstrap.rulebook()
    with bootstrap.session() as session:
        ledger = Ledger.of(session, rulebook, now=datetime.now(UTC))
        held = acting.find(ledger, reference)
        after = replace(held, milestones=_put(ledger, held, wanted, on))
        store.change(session, ledger.district, after)
        ledger.history.tell(
            Happening(
                EventKind.MILESTONE_SET,
                on,
                by,
                reason=reason,
                reference=reference,
                was=held.status.value,
                became=after.status.value,
                details={"name": wanted.name, "became": remediations_of.snapshot(after)},
            )
        )
        return after


def _put(ledger: Ledger, held: Remediation, wanted: Wanted, on: date) -> tuple[Milestone, ...]:
    words = ledger.rulebook.wording["ledger"]
    says = words["refusals"]
    if held.status not in WITH_UNIT | {Status.SUSPENDED}:
        status = words["statuses"][held.status.value]
        raise ActRefused(says["milestone_closed"].format(reference=held.reference, status=status))
    if wanted.due_on is not None and wanted.due_on > held.due_on:
        raise ActRefused(says["milestone_late"].format(due=wanted.due_on, due_on=held.due_on))
    known = next((one for one in held.milestones if one.name == wanted.name), None)
    due_on = wanted.due_on or (known.due_on if known else None)
    if due_on is None:
        raise ActRefused(says["milestone_lacking"].format(name=wanted.name))
    done_before = known.done_on if known else None
    done_on = on if wanted.is_done else done_before
    others = [one for one in held.milestones if one is not known]
    listed = [*others, Milestone(0, wanted.name, due_on, done_on)]
    listed.sort(key=lambda one: (one.due_on, one.position))
    return tuple(replace(one, position=at) for at, one in enumerate(listed, 1))
