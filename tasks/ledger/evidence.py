"""Takes evidence in: told by its content, kept under its hash, entered with who added it when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from junheng import bootstrap
from junheng.adapters.files import evidence_files
from junheng.adapters.files.evidence_files import Examined
from junheng.domain.history.hash_chain import EventKind, Happening
from junheng.domain.intake import file_names
from junheng.domain.ledger import evidence as evidence_of
from junheng.domain.ledger.evidence import EvidenceRefused
from junheng.domain.ledger.lifecycle import NOT_YET_OUT
from junheng.domain.ledger.remediation import Remediation
from junheng.store import evidence as store
from junheng.store import remediations
from junheng.store.evidence import NewEvidence
from tasks.ledger import acts
from tasks.ledger.acts import ActRefused
from tasks.ledger.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Offered:
    """A file that is offered as evidence: of which kind, by whom, on which day, and why."""

    path: Path
    kind: str
    by: str
    on: date
    reason: str = ""
    unit: str = ""

    @property
    def name(self) -> str:
        """Return the file's name as lists show it and as people type it."""
        return file_names.readable(self.path.name)


@dataclass(frozen=True, slots=True)
class Taken:
    """Evidence as it was entered; `is_new` where it was not there already."""

    name: str
    kind: str
    version: int
    sha256: str
    is_new: bool


def add(reference: str, offered: Offered, *, now: datetime) -> Taken:
    """Take a file as evidence of a remediation; raises ActRefused."""
    rulebook = bootstrap.rulebook()
    with bootstrap.session() as session:
        ledger = Ledger.of(session, rulebook, now=now)
        held = acts.find(ledger, reference)
        _check_offered(ledger, held, offered)
        try:
            examined = examine(offered, ledger)
        except EvidenceRefused as refused:
            wording = rulebook.wording.evidence
            raise ActRefused(evidence_of.refusal_sentence(refused, wording)) from refused
        return enter(ledger, held, offered, examined)


def examine(offered: Offered, ledger: Ledger) -> Examined:
    """Return what an offered file is; raises EvidenceRefused for what is not taken."""
    rules = ledger.rulebook.evidence
    examined = evidence_files.examine(offered.path, largest_bytes=rules.largest_bytes)
    rules.check_kind(offered.kind, examined.media_type, name=offered.name)
    return examined


def _check_offered(ledger: Ledger, held: Remediation, offered: Offered) -> None:
    """Refuse what nobody stands behind, or what comes for a remediation that is not out."""
    wording = ledger.rulebook.wording.ledger
    refusals = wording.refusals.evidence
    if not offered.by.strip() or not offered.reason.strip():
        raise ActRefused(refusals.by_and_reason)
    if offered.unit and held.part_of(offered.unit) is None:
        units = "、".join((held.lead, *held.supporting))
        raise ActRefused(refusals.unit.format(unit=offered.unit, units=units))
    if not held.is_open or held.status in NOT_YET_OUT:
        status = wording.statuses[held.status]
        raise ActRefused(refusals.status.format(reference=held.reference, status=status))
    if offered.on < held.opened_on:
        raise ActRefused(refusals.on.format(opened_on=held.opened_on))


def enter(ledger: Ledger, held: Remediation, offered: Offered, examined: Examined) -> Taken:
    """Keep a file that was examined, and write it down with the event that tells of it."""
    # The file is there before the row that names it: a row without its file there never is.
    evidence_files.keep(examined, bootstrap.settings().evidence_folder)
    row = remediations.row_of(ledger.session, ledger.district, held.reference)
    entered, is_new = store.add(
        ledger.session,
        row,
        NewEvidence(
            unit=offered.unit,
            kind=offered.kind,
            name=offered.name,
            sha256=examined.sha256,
            suffix=examined.suffix,
            media_type=examined.media_type,
            size=examined.size,
            added_by=offered.by,
            added_on=offered.on,
            added_at=ledger.history.now,
        ),
        since=held.proof_from or held.opened_on,
    )
    taken = Taken(entered.name, entered.kind, entered.version, entered.sha256, is_new)
    if is_new:
        ledger.history.tell(
            Happening(
                kind=EventKind.EVIDENCE_ADDED,
                day=offered.on,
                by=offered.by,
                reason=offered.reason,
                reference=held.reference,
                unit=offered.unit,
                was=held.status.value,
                became=held.status.value,
                details={
                    "kind": taken.kind,
                    "name": taken.name,
                    "version": taken.version,
                    "sha256": taken.sha256,
                    "size": examined.size,
                },
            )
        )
    return taken


def add_all(reference: str, offered: Sequence[Offered], *, now: datetime) -> tuple[Taken, ...]:
    """Take several files as evidence of a remediation, or none of them; raises ActRefused."""
    rulebook = bootstrap.rulebook()
    with bootstrap.session() as session:
        ledger = Ledger.of(session, rulebook, now=now)
        return enter_all(ledger, acts.find(ledger, reference), offered)


def enter_all(ledger: Ledger, held: Remediation, offered: Sequence[Offered]) -> tuple[Taken, ...]:
    """Take several files in an open ledger, or none of them; raises ActRefused."""
    try:
        examined = [examine(one, ledger) for one in offered]
    except EvidenceRefused as refused:
        wording = ledger.rulebook.wording.evidence
        raise ActRefused(evidence_of.refusal_sentence(refused, wording)) from refused
    return tuple(
        enter(ledger, held, one, found) for one, found in zip(offered, examined, strict=True)
    )
