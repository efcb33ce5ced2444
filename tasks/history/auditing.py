"""Audits the ledger: the hash chain is unbroken, and every row equals its last event."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from junheng import bootstrap
from junheng.domain.history import auditing, hash_chain
from junheng.domain.history.auditing import Difference, Mismatch, Reading
from junheng.domain.history.hash_chain import Break
from junheng.rulebook import Rulebook
from junheng.store import auditing as store
from junheng.store import history
from junheng.store.auditing import KeptLedger
from junheng.store.database.database import Session
from junheng.wording.operations.audit import AuditWords
from tasks.history import evidence_audit, ladder_audit


@dataclass(frozen=True, slots=True)
class Audit:
    """The result of an audit: counts, the head of the chain, and a line for each break."""

    events: int
    remediations: int
    head: str
    breaks: tuple[str, ...]

    @property
    def summary(self) -> str:
        wording = bootstrap.rulebook().wording.audit
        sentence = wording.broken if self.breaks else wording.sound
        return sentence.format(
            events=self.events,
            remediations=self.remediations,
            head=self.head,
            breaks=len(self.breaks),
        )


def verify(printed_head: str | None = None) -> Audit:
    """Compare the whole database with its history; `printed_head` is the head on a printed report.

    Values are read without conversion. Nothing is written.
    """
    with bootstrap.session() as session:
        return of_database(session, bootstrap.rulebook(), printed_head)


def of_database(session: Session, rulebook: Rulebook, printed_head: str | None = None) -> Audit:
    """Audit the database within the transaction of a session."""
    own, sentences = rulebook.district.code, _Sentences(rulebook.wording.audit)
    readings: dict[str, Reading] = {}
    with store.read_plainly(session):
        breaks = list(_chains(session, readings, own, printed_head, sentences))
        kept = store.ledger(session)
        of_district = [row for row in kept.rows if row.values["district_code"] == own]
        of_evidence = tuple(evidence_audit.breaks(session, own, sentences.wording.evidence))
        of_ladders = tuple(
            ladder_audit.breaks(session, own, of_district, sentences.wording.ladders)
        )
    breaks += [*_rows(kept, readings, sentences), *of_evidence, *of_ladders]
    mine = readings[own]
    return Audit(mine.events, len(of_district), mine.head, tuple(breaks))


def _chains(
    session: Session,
    readings: dict[str, Reading],
    own: str,
    printed_head: str | None,
    sentences: "_Sentences",
) -> Iterator[str]:
    """Yield a line for each break in the chain of a district."""
    for district, linked in groupby(
        history.every_chain(session), lambda link: link.event.district_code
    ):
        reading = readings.setdefault(district, Reading())
        head = printed_head if district == own else None
        for broken in hash_chain.breaks(reading.through(linked), printed_head=head):
            yield sentences.of_break(district, broken, printed_head)
        for sequence in reading.unreadable:
            yield sentences.unreadable(district, sequence)
    if own not in readings:
        readings[own] = Reading()
        for broken in hash_chain.breaks((), printed_head=printed_head):
            yield sentences.of_break(own, broken, printed_head)


def _rows(
    kept: KeptLedger, readings: Mapping[str, Reading], sentences: "_Sentences"
) -> Iterator[str]:
    """Yield a line for each difference between the ledger and its history."""
    districts = {str(row.values["district_code"]): None for row in kept.rows}
    for district in districts | dict.fromkeys(readings):
        rows = [row for row in kept.rows if str(row.values["district_code"]) == district]
        recorded = readings.get(district, Reading()).recorded
        for difference in auditing.differences(rows, recorded):
            yield sentences.of_difference(difference)
    for of, number in kept.strays:
        yield sentences.of_difference(Difference(Mismatch.STRAY, number, of=of))


@dataclass(frozen=True, slots=True)
class _Sentences:
    """Formats each break as one Chinese line: where, what is wrong, and what to do."""

    wording: AuditWords

    def of_break(self, district: str, broken: Break, printed_head: str | None) -> str:
        return self._formatted(
            self.wording.chain[broken.problem],
            district=district,
            sequence=broken.sequence,
            head=printed_head or "",
        )

    def unreadable(self, district: str, sequence: object) -> str:
        return self._formatted(self.wording.chain.unreadable, district=district, sequence=sequence)

    def of_difference(self, found: Difference) -> str:
        name = self.wording.fields.get(found.name) or found.name
        return self._formatted(
            self.wording.rows[found.problem],
            reference=found.reference,
            sequence=found.sequence,
            list=self.wording.lists.get(found.of) or "",
            field=self._place(found).format(name=name),
            stands=found.stands,
            told=found.told,
        )

    def _place(self, found: Difference) -> str:
        return self.wording.places.of(found.of or "own").replace("{at}", str(found.at + 1))

    def _formatted(self, sentence: str, **values: object) -> str:
        return sentence.format(**{name: self._shown(value) for name, value in values.items()})

    def _shown(self, value: object) -> str:
        """Return a value on one line, with unprintable characters escaped."""
        if value is None or value == "":
            return self.wording.nothing
        return "".join(
            character if character.isprintable() else ascii(character)[1:-1]
            for character in str(value)
        )
