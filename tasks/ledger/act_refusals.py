"""The sentences that refuse an act: why it is refused, and which moves are allowed."""

from datetime import date

from junheng.domain.ledger import lifecycle
from junheng.domain.ledger.lifecycle import TABLE, Cause, Move, Party, TransitionNotAllowed
from junheng.domain.ledger.remediation import Act, Remediation
from junheng.domain.ledger.transition_requirements import ClosingNotEarned, MoveIncomplete
from junheng.rulebook import Rulebook
from junheng.wording.ledger.ledger import CauseNames, LedgerWords


def refusal(
    error: TransitionNotAllowed | MoveIncomplete | ClosingNotEarned,
    remediation: Remediation,
    wanted: Act,
    rulebook: Rulebook,
) -> str:
    """Return the sentence that refuses an act, with the allowed moves."""
    wording = rulebook.wording.ledger
    match error:
        case TransitionNotAllowed():
            return _not_allowed(remediation, wanted, rulebook)
        case MoveIncomplete(lacking=lacking):
            return _incomplete(lacking, remediation, wanted, wording)
        case ClosingNotEarned(grounds=grounds):
            refusals = wording.refusals
            sentence = refusals.evidence_lacking if grounds.is_attested else refusals.data_only
            kinds = "；".join(grounds.missing_kinds)
            return sentence.format(reference=remediation.reference, kinds=kinds)


def _not_allowed(remediation: Remediation, wanted: Act, rulebook: Rulebook) -> str:
    wording = rulebook.wording.ledger
    refusals = wording.refusals
    if wanted.unit:
        sentence, nothing = refusals.part_not_allowed, refusals.nothing_for_part
        moves = allowed_for_part(remediation)
    else:
        sentence, nothing = refusals.not_allowed, refusals.nothing_allowed
        moves = allowed(remediation, wanted.on)
    return sentence.format(
        reference=remediation.reference,
        status=wording.statuses[remediation.status],
        unit=rulebook.display_name(wanted.unit, wanted.on),
        move=wording.moves[wanted.move],
        allowed="、".join(wording.moves[move] for move in moves) or nothing,
    )


def _incomplete(lacking: str, remediation: Remediation, wanted: Act, wording: LedgerWords) -> str:
    refusal = wording.refusals.lacking.of(lacking)
    if not isinstance(refusal, str):
        refusal = (refusal.unsaid if wanted.until is None else refusal.too_early)[wanted.move]
    return refusal.format(
        move=wording.moves[wanted.move],
        reference=remediation.reference,
        due_on=remediation.due_on,
        opened_on=remediation.opened_on,
        on=wanted.on,
        causes=causes_listed(wording.causes),
        unit=wanted.unit,
        supporting="、".join(remediation.supporting) or wording.nobody,
    )


def allowed(remediation: Remediation, day: date) -> tuple[Move, ...]:
    """Return the moves that persons may make on a remediation on a day."""
    answers = {Move.GRANT_EXTENSION, Move.REFUSE_EXTENSION}
    return tuple(
        move
        for move, transition in TABLE.items()
        if remediation.status in transition.origins
        and transition.by is not Party.SYSTEM
        and (remediation.extension_until is not None or move not in answers)
        and (day <= remediation.due_on or move is not Move.ASK_EXTENSION)
    )


def allowed_for_part(remediation: Remediation) -> tuple[Move, ...]:
    """Return the moves that a supporting unit may make on its own part."""
    is_handed_over = remediation.status in lifecycle.WITH_UNIT | lifecycle.WITH_OFFICE
    return (Move.RECEIPT, Move.REPORT) if is_handed_over else ()


def causes_listed(names: CauseNames) -> str:
    """Return all causes with their codes, as a refusal lists them."""
    return "、".join(f"{cause.value}（{names[cause]}）" for cause in Cause)
