"""Accepts evidence: examined by content, stored under its hash, entered with user and date."""

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
    """A file to be added as evidence, with its kind, the person, the day and the reason."""

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
    """The entered evidence; `is_new` is False if the file had been entered before."""

    name: str
    kind: str
    version: int
    sha256: str
    is_new: bool


def add(reference: str, offered: Offered, *, now: datetime) -> Taken:
    """Add a file as evidence of a remediation; raises ActRefused."""
    rulebook = bootstrap.rulebook()
    with bootstrap.session() as session:
        ledger = Ledger.of(session, rulebook, now=now)
        remediation = acts.find(ledger, reference)
        _check_offered(ledger, remediation, offered)
        try:
            examined = examine(offered, ledger)
        except EvidenceRefused as refused:
            wording = rulebook.wording.evidence
            raise ActRefused(evidence_of.refusal_sentence(refused, wording)) from refused
        return enter(ledger, remediation, offered, examined)


def examine(offered: Offered, ledger: Ledger) -> Examined:
    """Return the type and content of an offered file; raises EvidenceRefused."""
    rules = ledger.rulebook.evidence
    examined = evidence_files.examine(offered.path, largest_bytes=rules.largest_bytes)
    rules.check_kind(offered.kind, examined.media_type, name=offered.name)
    return examined


def _check_offered(ledger: Ledger, remediation: Remediation, offered: Offered) -> None:
    """Refuse evidence without person or reason, or for a remediation that is not with a unit."""
    wording = ledger.rulebook.wording.ledger
    refusals = wording.refusals.evidence
    if not offered.by.strip() or not offered.reason.strip():
        raise ActRefused(refusals.by_and_reason)
    if offered.unit and remediation.part_of(offered.unit) is None:
        units = "、".join((remediation.lead, *remediation.supporting))
        raise ActRefused(refusals.unit.format(unit=offered.unit, units=units))
    if not remediation.is_open or remediation.status in NOT_YET_OUT:
        status = wording.statuses[remediation.status]
        raise ActRefused(refusals.status.format(reference=remediation.reference, status=status))
    if offered.on < remediation.opened_on:
        raise ActRefused(refusals.on.format(opened_on=remediation.opened_on))


def enter(ledger: Ledger, remediation: Remediation, offered: Offered, examined: Examined) -> Taken:
    """Store an examined file, its row and its event."""
    # The file is stored before its row, so that a row without a file cannot occur.
    evidence_files.keep(examined, bootstrap.settings().evidence_folder)
    row = remediations.row_of(ledger.session, ledger.district, remediation.reference)
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
        since=remediation.proof_from or remediation.opened_on,
    )
    taken = Taken(entered.name, entered.kind, entered.version, entered.sha256, is_new)
    if is_new:
        ledger.history.tell(
            Happening(
                kind=EventKind.EVIDENCE_ADDED,
                day=offered.on,
                by=offered.by,
                reason=offered.reason,
                reference=remediation.reference,
                unit=offered.unit,
                was=remediation.status.value,
                became=remediation.status.value,
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
    """Add several files as evidence of a remediation, all or none; raises ActRefused."""
    rulebook = bootstrap.rulebook()
    with bootstrap.session() as session:
        ledger = Ledger.of(session, rulebook, now=now)
        return enter_all(ledger, acts.find(ledger, reference), offered)


def enter_all(
    ledger: Ledger, remediation: Remediation, offered: Sequence[Offered]
) -> tuple[Taken, ...]:
    """Add several files in an open ledger, all or none; raises ActRefused."""
    try:
        examined = [examine(file, ledger) for file in offered]
    except EvidenceRefused as refused:
        wording = ledger.rulebook.wording.evidence
        raise ActRefused(evidence_of.refusal_sentence(refused, wording)) from refused
    return tuple(
        enter(ledger, remediation, file, content)
        for file, content in zip(offered, examined, strict=True)
    )
