"""Reads units' copies of the ledger back: replies become moves, each fault names its cell."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from junheng import bootstrap
from junheng.adapters.files.evidence_files import Examined
from junheng.domain.history.hash_chain import EventKind, Happening
from junheng.domain.ledger import evidence as evidence_of
from junheng.domain.ledger.evidence import EvidenceRefused
from junheng.domain.ledger.lifecycle import Move
from junheng.domain.ledger.remediation import Act, Remediation
from junheng.domain.workbook import faults as ledger_faults
from junheng.domain.workbook import replies
from junheng.domain.workbook.book import Claimed, Column, Progress
from junheng.domain.workbook.faults import BookProblem
from junheng.domain.workbook.replies import Reply, Taken, fault_at
from junheng.store import ledger_replies as store
from junheng.store import remediations
from junheng.wording.ledger.ledger import CopyWords
from junheng.wording.ledger.ledger_book import BookWords
from tasks.ledger import acts
from tasks.ledger import evidence as evidences
from tasks.ledger.acts import ActRefused
from tasks.ledger.evidence import Offered
from tasks.ledger.ledger import Ledger
from tasks.workbook import copies
from tasks.workbook.copies import ReceivedCopy

MOVES = {
    Progress.RECEIPTED: Move.RECEIPT,
    Progress.IN_PROGRESS: Move.START,
    Progress.REPORTED: Move.REPORT,
    Progress.DISPUTED: Move.DISPUTE,
    Progress.EXTENSION: Move.ASK_EXTENSION,
}


@dataclass(frozen=True, slots=True)
class CopyTaken:
    """The result of one copy: its unit, the number of new rows, the sentences about faults."""

    file: str
    unit: str
    rows: int
    faults: tuple[str, ...]


class _RowRefused(Exception):
    """We cannot accept a row; the sentence names the cell."""


def take(copy: ReceivedCopy, *, on: date, now: datetime) -> CopyTaken:
    """Accept the replies in a copy, whole rows only; idempotent for the same copy."""
    rulebook = bootstrap.rulebook()
    printed = rulebook.wording.ledger_book
    taken = replies.read(copy.sheets, wording=printed)
    units = copies.units_of(taken.unit, copy.name, rulebook)
    if not units:
        unknown_unit = rulebook.wording.ledger.book.nobodys
        return CopyTaken(copy.name, "", 0, (unknown_unit.format(file=copy.name),))
    with bootstrap.session() as session:
        ledger = Ledger.of(session, rulebook, now=now)
        return _Taking(copy, units, on, ledger, printed).all(taken)


def sentences(copy: CopyTaken) -> tuple[str, ...]:
    """Return the sentences about a copy: the number of accepted rows, then every fault."""
    if not copy.unit:
        return copy.faults
    taken = bootstrap.rulebook().wording.ledger.book.taken
    head = taken.format(file=copy.file, unit=copy.unit, rows=copy.rows, faults=len(copy.faults))
    return (head, *copy.faults)


@dataclass(frozen=True, slots=True)
class _Taking:
    """The processing of one copy, in one transaction."""

    copy: ReceivedCopy
    units: tuple[str, ...]
    on: date
    ledger: Ledger
    printed: BookWords

    @property
    def wording(self) -> CopyWords:
        return self.ledger.rulebook.wording.ledger.book

    @property
    def called(self) -> str:
        return self.ledger.rulebook.display_name(self.units[0], self.on)

    def all(self, taken: Taken) -> CopyTaken:
        faults = [ledger_faults.sentence(fault, self.printed.faults) for fault in taken.faults]
        rows = 0
        for reply in taken.replies:
            try:
                rows += self._row(reply)
            except _RowRefused as refused:
                faults.append(str(refused))
        result = CopyTaken(self.copy.name, self.called, rows, tuple(faults))
        self._tell(result)
        return result

    def _tell(self, result: CopyTaken) -> None:
        """Record a copy and its faults in the history, once for the same result."""
        details = {
            "file": result.file,
            "sha256": self.copy.sha256,
            "faults": list(result.faults),
        }
        if result.rows or not store.was_told(self.ledger.session, self.ledger.district, details):
            self.ledger.history.tell(
                Happening(
                    kind=EventKind.REPLIED,
                    day=self.on,
                    by=self.called,
                    unit=self.units[0],
                    details=details | {"rows": result.rows},
                )
            )

    def _row(self, reply: Reply) -> bool:
        """Accept one row and return whether it was new; raises _RowRefused."""
        remediation, unit = self._own(reply)
        offered = [self._examined(reply, claimed, remediation, unit) for claimed in reply.evidence]
        row = remediations.row_of(self.ledger.session, self.ledger.district, remediation.reference)
        digest = _digest(remediation, unit, reply, offered)
        if store.is_known(self.ledger.session, row, unit=unit, digest=digest):
            return False
        after = self._moved(reply, remediation, unit)
        for document, examined in offered:
            evidences.enter(self.ledger, after, document, examined)
        self._action(reply, after, unit)
        store.keep(
            self.ledger.session,
            row,
            unit=unit,
            digest=digest,
            file=self.copy.name,
            taken_at=self.ledger.history.now,
        )
        return True

    def _own(self, reply: Reply) -> tuple[Remediation, str]:
        """Return the remediation of a row and the supporting unit, '' for the lead."""
        try:
            remediation = acts.find(self.ledger, reply.reference)
        except ActRefused as refused:
            unknown = BookProblem.REFERENCE_UNKNOWN
            raise self._fault(reply, Column.REFERENCE, unknown, reply.reference) from refused
        supports = next(
            (unit for unit in self.units if remediation.part_of(unit) is not None), None
        )
        if remediation.lead in self.units and (reply.is_lead or supports is None):
            return remediation, ""
        if supports is None:
            another = BookProblem.OF_ANOTHER_UNIT
            raise self._fault(reply, Column.REFERENCE, another, reply.reference)
        return remediation, supports

    def _examined(
        self, reply: Reply, claimed: Claimed, remediation: Remediation, unit: str
    ) -> tuple[Offered, Examined]:
        path = copies.beside(self.copy.path, claimed)
        if path is None:
            missing = BookProblem.DOCUMENT_NOT_SENT
            raise self._fault(reply, Column.EVIDENCE, missing, claimed.file_name)
        rules = self.ledger.rulebook.evidence
        kind = claimed.kind or self._usual_kind(remediation)
        if kind not in rules.kind_ids:
            wrong, kinds = BookProblem.UNKNOWN_KIND, "、".join(rules.kind_ids)
            raise self._fault(reply, Column.EVIDENCE, wrong, kind, kinds)
        offered = Offered(path, kind, self.called, self.on, self._reason(reply), unit)
        try:
            return offered, evidences.examine(offered, self.ledger)
        except EvidenceRefused as refused:
            wording = self.ledger.rulebook.wording.evidence
            sentence = evidence_of.refusal_sentence(refused, wording)
            raise self._refused(reply, Column.EVIDENCE, sentence) from refused

    def _usual_kind(self, remediation: Remediation) -> str:
        """Return the default kind of a file: the required kind if there is only one, else 其他."""
        required = {kind for any_of in self.ledger.required_kinds(remediation) for kind in any_of}
        return next(iter(required)) if len(required) == 1 else self.wording.other_evidence

    def _moved(self, reply: Reply, remediation: Remediation, unit: str) -> Remediation:
        if reply.progress is None:
            return remediation
        move = MOVES[reply.progress]
        # A supporting unit has no status between receipt and report.
        if unit and move is Move.START:
            move = Move.RECEIPT
        act = Act(
            move,
            self.called,
            self.on,
            reason=reply.text if reply.progress in _WITH_REASON else self._reason(reply),
            unit=unit,
            until=reply.extension_until,
            text="" if reply.progress in _WITH_REASON else reply.text,
        )
        try:
            return acts.done(self.ledger, remediation, act)
        except ActRefused as refused:
            raise self._refused(reply, Column.PROGRESS, str(refused.args[0])) from refused

    def _action(self, reply: Reply, remediation: Remediation, unit: str) -> None:
        part = remediation.part_of(unit)
        if not reply.action or reply.action == (
            remediation.action if part is None else part.action
        ):
            return
        if part is None:
            after = replace(remediation, action=reply.action)
        else:
            own = replace(part, action=reply.action)
            parts = tuple(own if other is part else other for other in remediation.parts)
            after = replace(remediation, parts=parts)
        happening = Happening(
            kind=EventKind.REPLIED,
            day=self.on,
            by=self.called,
            reason=self._reason(reply),
            unit=unit,
            details={"action": reply.action},
        )
        self.ledger.rewrite(remediation, after, happening)

    def _reason(self, reply: Reply) -> str:
        file = self.copy.name
        return self.wording.reason.format(file=file, sheet=reply.sheet, row=reply.row)

    def _fault(
        self, reply: Reply, column: Column, problem: BookProblem, found: str, expected: str = ""
    ) -> _RowRefused:
        fault = fault_at(reply, column, problem, self.printed, found=found, expected=expected)
        return _RowRefused(ledger_faults.sentence(fault, self.printed.faults))

    def _refused(self, reply: Reply, column: Column, sentence: str) -> _RowRefused:
        return _RowRefused(
            self.printed.faults.places.sheet_cell_item.format(
                sheet=reply.sheet,
                cell=reply.cells[column],
                item=self.printed.name_of(column),
                sentence=sentence,
            )
        )


_WITH_REASON = frozenset({Progress.DISPUTED, Progress.EXTENSION})


def _digest(
    remediation: Remediation, unit: str, reply: Reply, offered: Iterable[tuple[Offered, Examined]]
) -> str:
    """Return the hash of a reply; it includes the cycle, so that a repeated reply counts again."""
    documents = [[file.kind, file.name, examined.sha256] for file, examined in offered]
    until = reply.extension_until and reply.extension_until.isoformat()
    content = [remediation.cycle, unit, reply.action, reply.progress, reply.text, until, documents]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()
