"""Acts: what a person does to a remediation, and the sentence where it cannot be done."""

from dataclasses import dataclass, replace
from datetime import date, datetime

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
from junheng.wording.ledger.ledger import CauseNames, LedgerWords
from tasks.ledger.ledger import SYSTEM, Ledger

# What a unit asks for may take more than one move: each is written down.
BY_PATH = {
    Move.RECEIPT: Status.RECEIPTED,
    Move.START: Status.IN_PROGRESS,
    Move.REPORT: Status.REPORTED,
}


class ActRefused(Refusal):
    """We cannot do that to a remediation; the sentence says why and what to do."""


def act(reference: str, wanted: Act, *, now: datetime) -> Remediation:
    """Do something to the remediation of a reference and return what it became; raises ActRefused.

    A unit that reports without having signed for it signs and begins on the same day.
    """
    return act_all(reference, (wanted,), now=now)


def act_all(reference: str, wanted: tuple[Act, ...], *, now: datetime) -> Remediation:
    """Do several things to a remediation, or none of them; raises ActRefused."""
    rulebook = bootstrap.rulebook()
    held = current(reference)
    try:
        with bootstrap.session() as session:
            ledger = Ledger.of(session, rulebook, now=now)
            held = find(ledger, reference)
            for one in wanted:
                held = done(ledger, held, one)
            return held
    except ActRefused as refused:
        _tell_refused(held, wanted, str(refused.args[0]), now=now)
        raise


def _tell_refused(
    held: Remediation, wanted: tuple[Act, ...], sentence: str, *, now: datetime
) -> None:
    """Write down what somebody wanted to do and could not: it may have to be explained."""
    rulebook = bootstrap.rulebook()
    with bootstrap.session() as session:
        ledger = Ledger.of(session, rulebook, now=now)
        asked = wanted[-1]
        happening = Happening(
            kind=EventKind.REFUSED,
            day=asked.on,
            by=asked.by,
            reason=sentence,
            reference=held.reference,
            unit=asked.unit,
            move=asked.move.value,
            was=held.status.value,
            became=held.status.value,
        )
        ledger.history.tell(happening)


@dataclass(frozen=True, slots=True)
class Told:
    """A remediation with everything that became of it, oldest first."""

    remediation: Remediation
    history: tuple[Event, ...]
    evidence: tuple[EvidenceRow, ...]
    reminders: tuple[ReminderRow, ...]


def told(reference: str) -> Told:
    """Return a remediation with its history; raises ActRefused."""
    held = current(reference)
    rulebook = bootstrap.rulebook()
    with bootstrap.session() as session:
        return Told(
            held,
            history.of_reference(session, rulebook.district.code, reference),
            evidence.of_reference(session, rulebook.district.code, reference),
            reminders.of_reference(session, rulebook.district.code, reference),
        )


def current(reference: str) -> Remediation:
    """Return the remediation of a reference as it stands; raises ActRefused."""
    rulebook = bootstrap.rulebook()
    with bootstrap.session() as session:
        return _found(session, rulebook, reference)


def find(ledger: Ledger, reference: str) -> Remediation:
    """Return the remediation of a reference; raises ActRefused."""
    return _found(ledger.session, ledger.rulebook, reference)


def _found(session: Session, rulebook: Rulebook, reference: str) -> Remediation:
    try:
        return store.numbered(session, rulebook.district.code, reference)
    except UnknownReference as error:
        unknown = rulebook.wording.ledger.refusals.unknown
        raise ActRefused(unknown.format(reference=reference)) from error


def done(ledger: Ledger, held: Remediation, wanted: Act) -> Remediation:
    """Do one thing in an open ledger; raises ActRefused."""
    if wanted.by.strip() == SYSTEM:
        lacking = ledger.rulebook.wording.ledger.refusals.lacking
        raise ActRefused(lacking.person.format(by=SYSTEM))
    try:
        if wanted.move in BY_PATH and not wanted.unit:
            return _along(ledger, held, wanted)
        if wanted.move in independence.REVIEWS and held.status in TABLE[wanted.move].origins:
            _check_independence(ledger, held, wanted)
        return ledger.act(held, wanted)
    except (TransitionNotAllowed, MoveIncomplete, ClosingNotEarned) as error:
        raise ActRefused(refusal(error, held, wanted, ledger.rulebook)) from error


def _check_independence(ledger: Ledger, held: Remediation, wanted: Act) -> None:
    """Do nothing if a person may review; raises ActRefused, which names who may."""
    contacts = ledger.rulebook.contacts
    group = contacts.leading_group
    reviewers = Reviewers(
        contacts.office,
        contacts.names_of(contacts.office, wanted.on),
        contacts.names_of(group, wanted.on) if group else frozenset(),
    )
    events = history.of_reference(ledger.session, ledger.district, held.reference)
    try:
        independence.check(held, wanted, events, reviewers)
    except NotIndependent as error:
        wording = ledger.rulebook.wording.ledger
        sentence = wording.refusals.independence[error.dependence]
        others = sorted(reviewers.of(held) - {independence.person(wanted.by)})
        raise ActRefused(
            sentence.format(
                by=wanted.by,
                reference=held.reference,
                move=wording.moves[wanted.move],
                office=ledger.rulebook.display_name(contacts.office, wanted.on),
                others="、".join(others) or wording.nobody,
            )
        ) from error


def _along(ledger: Ledger, held: Remediation, wanted: Act) -> Remediation:
    """Go as many steps as it takes; where none is left, keep what is said of the progress."""
    steps = lifecycle.path(held.status, BY_PATH[wanted.move])
    if not steps and not wanted.text:
        raise TransitionNotAllowed(wanted.move, held.status)
    for step in steps:
        held = ledger.act(held, replace(wanted, move=step))
    is_news = not steps and wanted.text != held.progress
    return ledger.note(held, wanted) if is_news else held


def by_name(name: str, rulebook: Rulebook) -> Move:
    """Return the move a person may make by its name, in either language; raises ActRefused."""
    wording = rulebook.wording.ledger
    names, refusals = wording.moves, wording.refusals
    known: dict[str, Move] = {move.value: move for move in Move}
    known |= {names[move]: move for move in Move}
    known |= {also: move for move in Move for also in wording.also_called.get(move.value) or ()}
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
        raise ActRefused(sentence.format(cause=name, known=_causes(names)))
    return known[name.strip()]


def reassigned(held: Remediation, lead: str, basis: str | None, rulebook: Rulebook) -> Assignment:
    """Return who answers once another unit leads, and on which clause; raises ActRefused."""
    units = units_named(lead, rulebook)
    if not units:
        sentence = rulebook.wording.ledger.refusals.unknown_unit
        raise ActRefused(sentence.format(unit=lead))
    unit = next((one for one in units if held.part_of(one) is not None), units[0])
    rests_on = basis or _basis(held, unit, rulebook)
    if rests_on is None:
        raise ActRefused(rulebook.wording.ledger.refusals.lacking.basis)
    return Assignment(unit, tuple(one for one in held.supporting if one != unit), rests_on)


def _basis(held: Remediation, unit: str, rulebook: Rulebook) -> str | None:
    """Return the clause on which a unit answers for a line by its plan tasks, if there is one."""
    line = rulebook.standard.line(held.indicator)
    printed = EVERY_TOWN if unit in rulebook.district.towns else unit
    for task in () if line is None else line.plan_tasks:
        if printed in rulebook.roster.plan_units.get(task, ()):
            own = rulebook.responsibilities.tasks.get(task, {})
            return own.get(printed, plan_task_cited(task))
    return None


def units_named(name: str, rulebook: Rulebook) -> tuple[str, ...]:
    """Return the units that bear or bore a name, as the plan names them; a reform may join two."""
    if name in rulebook.district.towns:
        return (name,)
    by_id = tuple(unit.id for unit in rulebook.departments if unit.id == name)
    return by_id or tuple(unit.id for unit in rulebook.departments if name in unit.all_names)


def part_named(held: Remediation, name: str, rulebook: Rulebook) -> str:
    """Return the supporting unit of a remediation that bears a name, or the name as it stands."""
    units = units_named(name, rulebook)
    return next((unit for unit in units if held.part_of(unit) is not None), name)


def refusal(
    error: TransitionNotAllowed | MoveIncomplete | ClosingNotEarned,
    held: Remediation,
    wanted: Act,
    rulebook: Rulebook,
) -> str:
    """Return why something cannot be done to a remediation, and what can."""
    wording = rulebook.wording.ledger
    match error:
        case TransitionNotAllowed():
            return _not_allowed(held, wanted, rulebook)
        case MoveIncomplete(lacking=lacking):
            return _incomplete(lacking, held, wanted, wording)
        case ClosingNotEarned(grounds=grounds):
            refusals = wording.refusals
            sentence = refusals.evidence_lacking if grounds.is_attested else refusals.data_only
            kinds = "；".join(grounds.missing_kinds)
            return sentence.format(reference=held.reference, kinds=kinds)


def _not_allowed(held: Remediation, wanted: Act, rulebook: Rulebook) -> str:
    wording = rulebook.wording.ledger
    refusals = wording.refusals
    if wanted.unit:
        sentence, nothing = refusals.part_not_allowed, refusals.nothing_for_part
        moves = allowed_for_part(held)
    else:
        sentence, nothing = refusals.not_allowed, refusals.nothing_allowed
        moves = allowed(held, wanted.on)
    return sentence.format(
        reference=held.reference,
        status=wording.statuses[held.status],
        unit=rulebook.display_name(wanted.unit, wanted.on),
        move=wording.moves[wanted.move],
        allowed="、".join(wording.moves[move] for move in moves) or nothing,
    )


def _incomplete(lacking: str, held: Remediation, wanted: Act, wording: LedgerWords) -> str:
    refusal = wording.refusals.lacking.of(lacking)
    if not isinstance(refusal, str):
        refusal = (refusal.unsaid if wanted.until is None else refusal.too_early)[wanted.move]
    return refusal.format(
        move=wording.moves[wanted.move],
        reference=held.reference,
        due_on=held.due_on,
        opened_on=held.opened_on,
        on=wanted.on,
        causes=_causes(wording.causes),
        unit=wanted.unit,
        supporting="、".join(held.supporting) or wording.nobody,
    )


def allowed(held: Remediation, day: date) -> tuple[Move, ...]:
    """Return the moves that people may make on a day from where a remediation stands."""
    answers = {Move.GRANT_EXTENSION, Move.REFUSE_EXTENSION}
    return tuple(
        move
        for move, transition in TABLE.items()
        if held.status in transition.origins
        and transition.by is not Party.SYSTEM
        and (held.extension_until is not None or move not in answers)
        and (day <= held.due_on or move is not Move.ASK_EXTENSION)
    )


def allowed_for_part(held: Remediation) -> tuple[Move, ...]:
    """Return the moves that a supporting unit may make on its own part."""
    is_out = held.status in lifecycle.WITH_UNIT | lifecycle.WITH_OFFICE
    return (Move.RECEIPT, Move.REPORT) if is_out else ()


def _causes(names: CauseNames) -> str:
    return "、".join(f"{cause.value}（{names[cause]}）" for cause in Cause)
