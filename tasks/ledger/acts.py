"""Acts: moves of a remediation that a person makes, and the sentences that refuse them."""

from dataclasses import dataclass, replace
from datetime import datetime

from junheng import bootstrap
from junheng.domain.duties.responsibilities import Assignment
from junheng.domain.history.hash_chain import Event, EventKind, Happening
from junheng.domain.ledger import independence, lifecycle
from junheng.domain.ledger.independence import NotIndependent, Reviewers
from junheng.domain.ledger.lifecycle import TABLE, Cause, Move, Party, Status, TransitionNotAllowed
from junheng.domain.ledger.remediation import Act, Remediation
from junheng.domain.ledger.transition_requirements import ClosingNotEarned, MoveIncomplete
from junheng.domain.people.districts import EVERY_TOWN
from junheng.domain.standard.standard import plan_task_cited
from junheng.refusals import Refusal
from junheng.rulebook import Rulebook
from junheng.store import evidence, history, reminders
from junheng.store import remediations as store
from junheng.store.database.database import Session
from junheng.store.remediations import UnknownReference
from junheng.store.tables.chase import ReminderRow
from junheng.store.tables.ledger import EvidenceRow
from tasks.ledger import act_refusals
from tasks.ledger.ledger import SYSTEM, Ledger

# Acts that may take several moves on the way to a status; each move is recorded.
BY_PATH = {
    Move.RECEIPT: Status.RECEIPTED,
    Move.START: Status.IN_PROGRESS,
    Move.REPORT: Status.REPORTED,
}


class ActRefused(Refusal):
    """We cannot carry out an act; the sentence says why and what to do."""


def act(reference: str, wanted: Act, *, now: datetime) -> Remediation:
    """Carry out an act and return the changed remediation; raises ActRefused.

    If a unit reports without a receipt, the receipt and the start are recorded on the same day.
    """
    return act_all(reference, (wanted,), now=now)


def act_all(reference: str, wanted: tuple[Act, ...], *, now: datetime) -> Remediation:
    """Carry out several acts on a remediation, all or none; raises ActRefused."""
    rulebook = bootstrap.rulebook()
    remediation = current(reference)
    try:
        with bootstrap.session() as session:
            ledger = Ledger.of(session, rulebook, now=now)
            remediation = find(ledger, reference)
            for single_act in wanted:
                remediation = done(ledger, remediation, single_act)
            return remediation
    except ActRefused as refused:
        _tell_refused(remediation, wanted, str(refused.args[0]), now=now)
        raise


def _tell_refused(
    remediation: Remediation, wanted: tuple[Act, ...], sentence: str, *, now: datetime
) -> None:
    """Record a refused act in the history, because it may have to be explained later."""
    rulebook = bootstrap.rulebook()
    with bootstrap.session() as session:
        ledger = Ledger.of(session, rulebook, now=now)
        last = wanted[-1]
        happening = Happening(
            kind=EventKind.REFUSED,
            day=last.on,
            by=last.by,
            reason=sentence,
            reference=remediation.reference,
            unit=last.unit,
            move=last.move.value,
            was=remediation.status.value,
            became=remediation.status.value,
        )
        ledger.history.tell(happening)


@dataclass(frozen=True, slots=True)
class Told:
    """A remediation with its history, evidence and reminders, oldest first."""

    remediation: Remediation
    history: tuple[Event, ...]
    evidence: tuple[EvidenceRow, ...]
    reminders: tuple[ReminderRow, ...]


def told(reference: str) -> Told:
    """Return a remediation with its history, evidence and reminders; raises ActRefused."""
    remediation = current(reference)
    rulebook = bootstrap.rulebook()
    with bootstrap.session() as session:
        return Told(
            remediation,
            history.of_reference(session, rulebook.district.code, reference),
            evidence.of_reference(session, rulebook.district.code, reference),
            reminders.of_reference(session, rulebook.district.code, reference),
        )


def current(reference: str) -> Remediation:
    """Return the current state of a remediation; raises ActRefused."""
    rulebook = bootstrap.rulebook()
    with bootstrap.session() as session:
        return _found(session, rulebook, reference)


def find(ledger: Ledger, reference: str) -> Remediation:
    """Return a remediation in an open ledger; raises ActRefused."""
    return _found(ledger.session, ledger.rulebook, reference)


def _found(session: Session, rulebook: Rulebook, reference: str) -> Remediation:
    try:
        return store.numbered(session, rulebook.district.code, reference)
    except UnknownReference as error:
        unknown = rulebook.wording.ledger.refusals.unknown
        raise ActRefused(unknown.format(reference=reference)) from error


def done(ledger: Ledger, remediation: Remediation, wanted: Act) -> Remediation:
    """Carry out an act in an open ledger; raises ActRefused."""
    if wanted.by.strip() == SYSTEM:
        lacking = ledger.rulebook.wording.ledger.refusals.lacking
        raise ActRefused(lacking.person.format(by=SYSTEM))
    try:
        if wanted.move in BY_PATH and not wanted.unit:
            return _along(ledger, remediation, wanted)
        is_review = wanted.move in independence.REVIEWS and not wanted.unit
        if is_review and remediation.status in TABLE[wanted.move].origins:
            _check_independence(ledger, remediation, wanted)
        return ledger.act(remediation, wanted)
    except (TransitionNotAllowed, MoveIncomplete, ClosingNotEarned) as error:
        sentence = act_refusals.refusal(error, remediation, wanted, ledger.rulebook)
        raise ActRefused(sentence) from error


def _check_independence(ledger: Ledger, remediation: Remediation, wanted: Act) -> None:
    """Check that a person may review; raises ActRefused, which names the persons who may."""
    contacts = ledger.rulebook.contacts
    group = contacts.leading_group
    reviewers = Reviewers(
        contacts.office,
        contacts.names_of(contacts.office, wanted.on),
        contacts.names_of(group, wanted.on) if group else frozenset(),
    )
    events = history.of_reference(ledger.session, ledger.district, remediation.reference)
    try:
        independence.check(remediation, wanted, events, reviewers)
    except NotIndependent as error:
        wording = ledger.rulebook.wording.ledger
        sentence = wording.refusals.independence[error.dependence]
        raise ActRefused(
            sentence.format(
                by=wanted.by,
                reference=remediation.reference,
                move=wording.moves[wanted.move],
                office=ledger.rulebook.display_name(contacts.office, wanted.on),
                others="、".join(sorted(error.allowed)) or wording.nobody,
            )
        ) from error


def _along(ledger: Ledger, remediation: Remediation, wanted: Act) -> Remediation:
    """Make all moves to the wanted status; if none is left, record the progress text."""
    steps = lifecycle.path(remediation.status, BY_PATH[wanted.move])
    if not steps and not wanted.text:
        raise TransitionNotAllowed(wanted.move, remediation.status)
    for step in steps:
        remediation = ledger.act(remediation, replace(wanted, move=step))
    is_new_text = not steps and wanted.text != remediation.progress
    return ledger.record_progress(remediation, wanted) if is_new_text else remediation


def by_name(name: str, rulebook: Rulebook) -> Move:
    """Return a move that persons may make, by its Chinese or English name; raises ActRefused."""
    wording = rulebook.wording.ledger
    names, refusals = wording.moves, wording.refusals
    known: dict[str, Move] = {move.value: move for move in Move}
    known |= {names[move]: move for move in Move}
    known |= {
        synonym: move for move in Move for synonym in wording.also_called.get(move.value) or ()
    }
    by_hand = [move for move in Move if TABLE[move].by is not Party.SYSTEM]
    found = known.get(name.strip())
    if found is None:
        listed = "、".join(f"{move.value}（{names[move]}）" for move in by_hand)
        raise ActRefused(refusals.no_such_move.format(move=name, known=listed))
    if found not in by_hand:
        raise ActRefused(refusals.not_by_hand.format(move=names[found]))
    return found


def cause_named(name: str | None, rulebook: Rulebook) -> Cause | None:
    """Return a cause by its code or its Chinese name; raises ActRefused."""
    if name is None:
        return None
    names = rulebook.wording.ledger.causes
    known = {cause.value: cause for cause in Cause} | {names[cause]: cause for cause in Cause}
    if name.strip() not in known:
        sentence = rulebook.wording.ledger.refusals.wrong_cause
        raise ActRefused(sentence.format(cause=name, known=act_refusals.causes_listed(names)))
    return known[name.strip()]


def reassigned(
    remediation: Remediation, lead: str, basis: str | None, rulebook: Rulebook
) -> Assignment:
    """Return the assignment to another lead, with its clause; raises ActRefused."""
    units = units_named(lead, rulebook)
    if not units:
        sentence = rulebook.wording.ledger.refusals.unknown_unit
        raise ActRefused(sentence.format(unit=lead))
    unit = next((unit for unit in units if remediation.part_of(unit) is not None), units[0])
    clause = basis or _basis(remediation, unit, rulebook)
    if clause is None:
        raise ActRefused(rulebook.wording.ledger.refusals.lacking.basis)
    supporting = tuple(supporter for supporter in remediation.supporting if supporter != unit)
    return Assignment(unit, supporting, clause)


def _basis(remediation: Remediation, unit: str, rulebook: Rulebook) -> str | None:
    """Return the clause that makes a unit accountable for a line by its plan tasks, or None."""
    line = rulebook.standard.line(remediation.indicator)
    printed = EVERY_TOWN if unit in rulebook.district.towns else unit
    for task in () if line is None else line.plan_tasks:
        if printed in rulebook.roster.plan_units.get(task, ()):
            own = rulebook.responsibilities.tasks.get(task, {})
            return own.get(printed, plan_task_cited(task))
    return None


def units_named(name: str, rulebook: Rulebook) -> tuple[str, ...]:
    """Return the ids of the units with a current or former name; merged units share names."""
    if name in rulebook.district.towns:
        return (name,)
    by_id = tuple(unit.id for unit in rulebook.departments if unit.id == name)
    return by_id or tuple(unit.id for unit in rulebook.departments if name in unit.all_names)


def part_named(remediation: Remediation, name: str, rulebook: Rulebook) -> str:
    """Return the id of the supporting unit with a name; the name itself if there is none."""
    units = units_named(name, rulebook)
    return next((unit for unit in units if remediation.part_of(unit) is not None), name)
