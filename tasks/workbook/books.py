"""Writes the ledger as workbooks: one for the district, one for each unit."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from junheng import bootstrap
from junheng.domain.ledger.lifecycle import WITH_UNIT, Status
from junheng.domain.ledger.remediation import Part, Remediation
from junheng.domain.ledger.shortfalls import item_name
from junheng.domain.standard.standard import Grain
from junheng.domain.workbook import book as ledger_book
from junheng.domain.workbook.book import Book, BookRow, Claimed
from junheng.rulebook import Rulebook
from junheng.store import evidence, history, remediations
from junheng.store.tables.ledger import EvidenceRow
from junheng.wording.ledger.ledger import LedgerWords
from junheng.wording.ledger.ledger_book import BookWords


def write_all(today: date, folder: Path | None = None) -> tuple[Path, ...]:
    """Write the district's copy and every unit's copy; return their paths, the district first.

    The copies of a day are overwritten with the current ledger.
    """
    # Imported here, because loading openpyxl is slow.
    from junheng.adapters.files import ledger_books

    rulebook = bootstrap.rulebook()
    printed = rulebook.wording.ledger_book
    into = folder or bootstrap.settings().ledgers_folder
    copies = _Copies.of(rulebook, printed, today)
    written = []
    for book in copies.books():
        path = into / copies.file_name(book)
        ledger_books.write(path, book, printed)
        written.append(path)
    return tuple(written)


@dataclass(frozen=True, slots=True)
class _Copies:
    rulebook: Rulebook
    printed: BookWords
    today: date
    ledger: tuple[Remediation, ...]
    evidence: Mapping[str, tuple[EvidenceRow, ...]]
    head: str

    @classmethod
    def of(cls, rulebook: Rulebook, printed: BookWords, today: date) -> "_Copies":
        district = rulebook.district.code
        with bootstrap.session() as session:
            return cls(
                rulebook,
                printed,
                today,
                remediations.ledger(session, district),
                evidence.by_reference(session, district),
                history.head(session, district),
            )

    def books(self) -> Iterable[Book]:
        yield self._book(None, [self._row(remediation, None, None) for remediation in self.ledger])
        newest = max((remediation.followed_year for remediation in self.ledger), default=0)
        # A unit's copy has closed remediations of the newest year only; the district's has all.
        current = [
            remediation
            for remediation in self.ledger
            if remediation.is_open or remediation.followed_year == newest
        ]
        for unit in self._units(current):
            led = [
                self._row(remediation, unit, None)
                for remediation in current
                if remediation.lead == unit
            ]
            supported = [
                self._row(remediation, unit, part)
                for remediation in current
                if (part := remediation.part_of(unit)) is not None
            ]
            yield self._book(unit, [*led, *supported])

    def file_name(self, book: Book) -> str:
        wording = self.rulebook.wording.ledger.book
        if book.unit is None:
            name = self.rulebook.district.name
        else:
            name = self._name_of(book.unit)
            # Two units of the plan that have one name today get a copy each.
            name = name if name == book.unit else wording.under.format(name=name, unit=book.unit)
        return wording.file.format(name=name, day=self.today)

    def _units(self, ledger: Iterable[Remediation]) -> tuple[str, ...]:
        units = (
            unit for remediation in ledger for unit in (remediation.lead, *remediation.supporting)
        )
        return tuple(dict.fromkeys(units))

    def _book(self, unit: str | None, rows: Iterable[BookRow]) -> Book:
        called = None if unit is None else self._name_of(unit)
        title = ledger_book.title(self.printed, district=self.rulebook.district.name, unit=called)
        kinds = self.rulebook.evidence.kind_ids
        return Book(title, unit, self.today, self.head, kinds, tuple(rows))

    def _row(self, remediation: Remediation, unit: str | None, part: Part | None) -> BookRow:
        shown = [
            row
            for row in self.evidence.get(remediation.reference, ())
            if unit is None or (row.unit == unit if part is not None else row.unit == "")
        ]
        newest = {(row.kind, row.name) for row in shown}
        due_on = remediation.due_on if part is None else part.due_on
        return BookRow(
            reference=remediation.reference,
            problem=self._problem(remediation),
            indicator=self._indicator(remediation),
            lead=self._name_of(remediation.lead),
            supporting=tuple(dict.fromkeys(map(self._name_of, remediation.supporting))),
            action=remediation.action if part is None else part.action,
            due_on=due_on,
            is_provisional=self.rulebook.calendar.is_provisional(due_on),
            progress=self._progress(remediation)
            if part is None
            else self._part_progress(remediation, part),
            evidence=tuple(Claimed(kind, name) for kind, name in sorted(newest)),
            closing=self._closing(remediation),
            is_lead=part is None,
            may_reply=_may_reply(remediation, part),
        )

    def _indicator(self, remediation: Remediation) -> str:
        name = self.rulebook.called(remediation.indicator, remediation.period)
        return f"{remediation.indicator} {name}"

    @property
    def wording(self) -> LedgerWords:
        return self.rulebook.wording.ledger

    def _problem(self, remediation: Remediation) -> str:
        name = self.rulebook.called(remediation.indicator, remediation.period)
        if remediation.period:
            return name
        items = "、".join(item_name(item, remediation.unit) for item in remediation.items)
        wording = self.wording.book
        unit = self._name_of(remediation.unit_name)
        unit = wording.items.format(unit=unit, items=items) if items else unit
        line = self.rulebook.standard.line(remediation.indicator)
        is_report = line is not None and line.per is Grain.SUBMISSION
        problem = wording.report_problem if is_report else wording.problem
        return problem.format(unit=unit, name=name)

    def _progress(self, remediation: Remediation) -> str:
        # A remediation just handed over has no progress: the cell stays empty for the unit's reply.
        if remediation.status is Status.HANDED_OVER:
            return remediation.progress
        return self._status_text(remediation.status, remediation.progress)

    def _part_progress(self, remediation: Remediation, part: Part) -> str:
        if not remediation.is_open or remediation.status not in WITH_UNIT:
            return self._status_text(remediation.status, part.progress)
        if part.reported_on is not None:
            return self._status_text(Status.REPORTED, part.progress)
        return self._status_text(Status.RECEIPTED, part.progress) if part.receipted_on else ""

    def _status_text(self, status: Status, progress: str) -> str:
        name = self.wording.statuses[status]
        template = self.wording.book.progress
        return template.format(status=name, progress=progress) if progress else name

    def _closing(self, remediation: Remediation) -> str:
        if remediation.closing is None:
            return ""
        closing = self.wording.closings[remediation.closing]
        return self.wording.book.closing.format(day=remediation.closed_on, closing=closing)

    def _name_of(self, unit: str) -> str:
        return self.rulebook.display_name(unit, self.today)


def _may_reply(remediation: Remediation, part: Part | None) -> bool:
    return remediation.status in WITH_UNIT and (part is None or part.reported_on is None)
