"""The remediations to chase: open, not found met since, with the faults of their forms."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from junheng.domain.chase.digests import Chased
from junheng.domain.intake.fault_sentences import fault_spot
from junheng.domain.intake.submissions import Standing
from junheng.domain.ledger.lifecycle import WITH_UNIT
from junheng.domain.standard.standard import Grain
from junheng.rulebook import Rulebook
from junheng.store import findings, remediations, submissions
from junheng.store.database.database import Session
from junheng.store.tables.intake import FaultRow
from junheng.wording.chase.cards import Spots
from tasks.intake import register
from tasks.intake.register import RegisterEntry, YearRegister
from tasks.ledger import ladders


def outstanding(session: Session, rulebook: Rulebook) -> tuple[Chased, ...]:
    """Return the remediations to chase: open, and not found met since.

    A form that was received since is not chased either, although it is not evaluated yet.
    """
    still_open = _still_not_met(session, rulebook)
    reporting = {line.id for line in rulebook.standard.lines if line.per is Grain.SUBMISSION}
    remediations_left = (chased.remediation for chased in still_open)
    years = {item.followed_year for item in remediations_left if item.indicator in reporting}
    registers = {year: register.of_year(session, rulebook, year) for year in years}
    forms = {year: _forms(session, rulebook, of_year) for year, of_year in registers.items()}
    return tuple(_with_forms(still_open, reporting, forms))


def _still_not_met(session: Session, rulebook: Rulebook) -> list[Chased]:
    """Return the open remediations, except those that the newest evaluation finds met."""
    district = rulebook.district.code
    ladder_of = ladders.reader(session, rulebook)
    still_open = remediations.with_status(session, district, WITH_UNIT)
    candidates = [Chased(remediation, ladder_of(remediation)) for remediation in still_open]
    newest = {
        year: findings.latest(session, district, year, rules_year=year)
        for year in {remediation.followed_year for remediation in still_open}
    }
    put_right = {
        year: frozenset() if judged is None else findings.put_right(session, judged)
        for year, judged in newest.items()
    }
    # An attested line waits for its evidence, whatever a form states.
    return [
        chased
        for chased in candidates
        if _key(chased) not in put_right[chased.remediation.followed_year]
        or rulebook.evidence.is_attested(chased.remediation.indicator)
    ]


def _key(chased: Chased) -> tuple[str, str]:
    return chased.remediation.indicator, chased.remediation.unit


@dataclass(frozen=True, slots=True)
class _Forms:
    """The forms of one year: units that have reported, and the faults of the other forms."""

    received: frozenset[str]
    to_correct: Mapping[str, tuple[str, ...]]


def _forms(session: Session, rulebook: Rulebook, of_year: YearRegister) -> _Forms:
    spots = rulebook.wording.cards.spots
    owing = [entry for entry in of_year.entries if entry.status is not Standing.RECEIVED]
    faults = submissions.faults(session, [refused for entry in owing for refused in entry.refused])
    return _Forms(
        frozenset(entry.code for entry in of_year.entries if entry not in owing),
        {entry.code: _to_correct(entry, faults, spots) for entry in owing},
    )


def _with_forms(
    still_open: Iterable[Chased],
    reporting: Collection[str],
    forms: Mapping[int, _Forms],
) -> Iterator[Chased]:
    for chased in still_open:
        remediation = chased.remediation
        if remediation.indicator not in reporting:
            yield chased
        elif remediation.unit not in forms[remediation.followed_year].received:
            to_correct = forms[remediation.followed_year].to_correct
            yield replace(chased, to_correct=to_correct.get(remediation.unit, ()))


def _to_correct(
    entry: RegisterEntry, faults: Mapping[int, list[FaultRow]], spots: Spots
) -> tuple[str, ...]:
    """Return the faulty cells of a reporter's forms, or why they were not received."""
    found = (fault for submission in entry.refused for fault in faults.get(submission, ()))
    places = tuple(dict.fromkeys(_place(fault, spots) for fault in found))
    return places or (entry.reason,)


def _place(fault: FaultRow, spots: Spots) -> str:
    spot = fault_spot(sheet=fault.sheet, cell=fault.cell, item=fault.item, spots=spots)
    return spot or fault.sentence
