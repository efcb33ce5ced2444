"""Acts: what a person does to a remediation, and the sentence where it cannot be done."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from junheng import bootstrap
from junheng.domain import lifecycle
from junheng.domain.chain import Event
from junheng.domain.duties import Assignment
from junheng.domain.lifecycle import TABLE, Cause, Move, Party, Status, TransitionNotAllowed
from junheng.domain.moves import ClosingNotEarned, MoveIncomplete
from junheng.domain.remediation import Act, Remediation
from junheng.rulebook import Rulebook
from junheng.store import evidence, history
from junheng.store import remediations as store
from junheng.store.ledger_tables import EvidenceRow
from junheng.store.remediations import UnknownReference
from tasks.ledger import Ledger

# What a unit asks for may take more than one move: each is written down.
BY_PATH = {
    Move.RECEIPT: Status.RECEIPTED,
    Move.START: Status.IN_PROGRESS,
    Move.REPORT: Status.REPORTED,
}


class ActRefused(Exception):
    """We cannot do that to a remediation; the sentence says why and what to do."""


def act(reference: str, wanted: Act) -> Remediation:
    """Do something to the remediation of a reference and return what it became; raises ActRefused.

    A unit that reports without having signed for it signs and begins on the same day.
    """
    return act_all(reference, (wanted,))


def act_all(reference: str, wanted: tuple[Act, ...]) -> Remediation:
    """Do several things to a remediation, or none of them; raises ActRefused."""
    rulebook = bootstrap.rulebook()
    with bootstrap.session() as session:
        ledger = Ledger.of(session, rulebook, now=datetime.now(UTC))
        held = find(ledger, reference)
        for one in wanted:
            held = done(ledger, held, one)
        return held


@dataclass(frozen=True, slots=True)
class Told:
    """A remediation with everything that became of it, oldest first."""

    remediation: Remediation
    history: tuple[Event, ...]
    evidence: tuple[EvidenceRow, ...]


def told(reference: str) -> Told:
    """Return a remediation with its history; raises ActRefused."""
    held = current(reference)
    rulebook = bootstrap.rulebook()
    with bootstrap.session() as session:
        return Told(
            held,
            history.of_reference(session, rulebook.district.code, reference),
            evidence.of_reference(session, rulebook.district.code, reference),
        )


def current(reference: str) -> Remediation:
    """Return the remediation of a reference as it stands; raises ActRefused."""
    rulebook = bootstrap.rulebook()
    with bootstrap.session() as session:
        return find(Ledger.of(session, rulebook, now=datetime.now(UTC)), reference)


def find(ledger: Ledger, reference: str) -> Remediation:
    """Return the remediation of a reference; raises ActRefused."""
    try:
        return store.numbered(ledger.session, ledger.district, reference)
    except UnknownReference as error:
        says = ledger.rulebook.wording["ledger"]["refusals"]
        raise ActRefused(says["unknown"].format(reference=reference)) from error


def done(ledger: Ledger, held: Remediation, wanted: Act) -> Remediation:
    """Do one thing in an open ledger; raises ActRefused."""
    try:
        if wanted.move in BY_PATH and not wanted.unit:
            steps = lifecycle.path(held.status, BY_PATH[wanted.move])
            for step in steps:
                held = ledger.act(held, replace(wanted, move=step))
            is_news = not steps and wanted.text not in {"", held.progress}
            return ledger.note(held, wanted) if is_news else held
        return ledger.act(held, wanted)
    except (TransitionNotAllowed, MoveIncomplete, ClosingNotEarned) as error:
        raise ActRefused(refusal(error, held, wanted, ledger.rulebook)) from error


def by_name(name: str, rulebook: Rulebook) -> Move:
    """Return the move a person may make by its name, in either language; raises ActRefused."""
    words, says = rulebook.wording["ledger"]["moves"], rulebook.wording["ledger"]["refusals"]
    known: dict[str, Move] = {move.value: move for move in Move}
    known |= {words[move.value]: move for move in Move}
    by_hand = [move for move in Move if TABLE[move].by is not Party.SYSTEM]
    found = known.get(name.strip())
    if found is None:
        listed = "、".join(f"{move.value}（{words[move.value]}）" for move in by_hand)
        raise ActRefused(says["no_such_move"].format(move=name, known=listed))
    if found not in by_hand:
        raise ActRefused(says["not_by_hand"].format(move=words[found.value]))
    return found


def cause_named(name: str | None, rulebook: Rulebook) -> Cause | None:
    """Return a cause by its code or its Chinese name; raises ActRefused."""
    if name is None:
        return None
    words: dict[str, str] = rulebook.wording["ledger"]["causes"]
    known = {cause.value: cause for cause in Cause} | {words[cause.value]: cause for cause in Cause}
    if name.strip() not in known:
        says = rulebook.wording["ledger"]["refusals"]["wrong_cause"]
        raise ActRefused(says.format(cause=name, known=_causes(words)))
    return known[name.strip()]


def reassigned(held: Remediation, lead: str, basis: str | None, rulebook: Rulebook) -> Assignment:
    """Return who answers once another unit leads; raises ActRefused."""
    units = {unit.id for unit in rulebook.departments} | set(rulebook.district.towns)
    if lead not in units:
        says = rulebook.wording["ledger"]["refusals"]["unknown_unit"]
        raise ActRefused(says.format(unit=lead))
    supporting = tuple(unit for unit in held.supporting if unit != lead)
    return Assignment(lead, supporting, basis or held.basis)


def refusal(
    error: TransitionNotAllowed | MoveIncomplete | ClosingNotEarned,
    held: Remediation,
    wanted: Act,
    rulebook: Rulebook,
) -> str:
    """Return why something cannot be done to a remediation, and what can."""
    words = rulebook.wording["ledger"]
    says = words["refusals"]
    match error:
        case TransitionNotAllowed():
            return str(
                says["not_allowed"].format(
                    reference=held.reference,
                    status=words["statuses"][held.status.value],
                    move=words["moves"][wanted.move.value],
                    allowed=_allowed(held, words) or says["nothing_allowed"],
                )
            )
        case MoveIncomplete(lacking=lacking):
            return _incomplete(lacking, held, wanted, words)
        case ClosingNotEarned(grounds=grounds):
            said = says["evidence_lacking" if grounds.is_attested else "data_only"]
            return str(
                said.format(reference=held.reference, kinds="、".join(grounds.missing_kinds))
            )


def _incomplete(lacking: str, held: Remediation, wanted: Act, words: Any) -> str:
    return str(
        words["refusals"]["lacking"][lacking].format(
            move=words["moves"][wanted.move.value],
            reference=held.reference,
            due_on=held.due_on,
            opened_on=held.opened_on,
            causes=_causes(words["causes"]),
            unit=wanted.unit,
            supporting="、".join(held.supporting) or words["nobody"],
        )
    )


def _allowed(held: Remediation, words: Any) -> str:
    return "、".join(words["moves"][move.value] for move in allowed(held))


def allowed(held: Remediation) -> tuple[Move, ...]:
    """Return the moves that people may make from where a remediation stands."""
    answers = {Move.GRANT_EXTENSION, Move.REFUSE_EXTENSION}
    return tuple(
        move
        for move, transition in TABLE.items()
        if held.status in transition.origins
        and transition.by is not Party.SYSTEM
        and (held.extension_until is not None or move not in answers)
    )


def _causes(words: dict[str, str]) -> str:
    return "、".join(f"{cause.value}（{words[cause.value]}）" for cause in Cause)
