"""Writes the ledger as workbooks: one for the district, one for each unit that answers in it."""

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
    """Write the district's copy and every unit's, and return where they lie, the district first.

    Written again on the same day they are the same files, with the ledger as it stands.
    """
    # The workbook's library is loaded only by whoever writes one.
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
        yield self._book(None, [self._row(one, None, None) for one in self.ledger])
        newest = max((one.followed_year for one in self.ledger), default=0)
        # What was closed in the year at hand a unit still reads; what is older the office keeps.
        current = [one for one in self.ledger if one.is_open or one.followed_year == newest]
        for unit in self._units(current):
            led = [self._row(one, unit, None) for one in current if one.lead == unit]
            supported = [
                self._row(one, unit, part)
                for one in current
                if (part := one.part_of(unit)) is not None
            ]
            yield self._book(unit, [*led, *supported])

    def file_name(self, book: Book) -> str:
        wording = self.rulebook.wording.ledger.book
        if book.unit is None:
            name = self.rulebook.district.name
        else:
            name = self._called(book.unit)
            # One office under two names of the plan has a copy for each.
            name = name if name == book.unit else wording.under.format(name=name, unit=book.unit)
        return wording.file.format(name=name, day=self.today)

    def _units(self, ledger: Iterable[Remediation]) -> tuple[str, ...]:
        units = (unit for one in ledger for unit in (one.lead, *one.supporting))
        return tuple(dict.fromkeys(units))

    def _book(self, unit: str | None, rows: Iterable[BookRow]) -> Book:
        called = None if unit is None else self._called(unit)
        title = ledger_book.title(self.printed, district=self.rulebook.district.name, unit=called)
        kinds = self.rulebook.evidence.kind_ids
        return Book(title, unit, self.today, self.head, kinds, tuple(rows))

    def _row(self, one: Remediation, unit: str | None, part: Part | None) -> BookRow:
        shown = [
            row
            for row in self.evidence.get(one.reference, ())
            if unit is None or (row.unit == unit if part is not None else row.unit == "")
        ]
        newest = {(row.kind, row.name) for row in shown}
        due_on = one.due_on if part is None else part.due_on
        return BookRow(
            reference=one.reference,
            problem=self._problem(one),
            indicator=f"{one.indicator} {self.rulebook.called(one.indicator, one.period)}",
            lead=self._called(one.lead),
            supporting=tuple(dict.fromkeys(map(self._called, one.supporting))),
            action=one.action if part is None else part.action,
            due_on=due_on,
            is_provisional=self.rulebook.calendar.is_provisional(due_on),
            progress=self._progress(one) if part is None else self._part_progress(one, part),
            evidence=tuple(Claimed(kind, name) for kind, name in sorted(newest)),
            closing=self._closing(one),
            is_lead=part is None,
            may_reply=_may_reply(one, part),
        )

    @property
    def wording(self) -> LedgerWords:
        return self.rulebook.wording.ledger

    def _problem(self, one: Remediation) -> str:
        name = self.rulebook.called(one.indicator, one.period)
        if one.period:
            return name
        items = "、".join(item_name(item, one.unit) for item in one.items)
        wording = self.wording.book
        unit = self._called(one.unit_name)
        unit = wording.items.format(unit=unit, items=items) if items else unit
        line = self.rulebook.standard.line(one.indicator)
        is_report = line is not None and line.per is Grain.SUBMISSION
        problem = wording.report_problem if is_report else wording.problem
        return problem.format(unit=unit, name=name)

    def _progress(self, one: Remediation) -> str:
        # What is only handed over has no progress yet: the cell is left to whoever fills it in.
        if one.status is Status.HANDED_OVER:
            return one.progress
        return self._said(one.status, one.progress)

    def _part_progress(self, one: Remediation, part: Part) -> str:
        if not one.is_open or one.status not in WITH_UNIT:
            return self._said(one.status, part.progress)
        if part.reported_on is not None:
            return self._said(Status.REPORTED, part.progress)
        return self._said(Status.RECEIPTED, part.progress) if part.receipted_on else ""

    def _said(self, status: Status, progress: str) -> str:
        name = self.wording.statuses[status]
        said = self.wording.book.progress
        return said.format(status=name, progress=progress) if progress else name

    def _closing(self, one: Remediation) -> str:
        if one.closing is None:
            return ""
        closing = self.wording.closings[one.closing]
        return self.wording.book.closing.format(day=one.closed_on, closing=closing)

    def _called(self, unit: str) -> str:
        return self.rulebook.display_name(unit, self.today)


def _may_reply(one: Remediation, part: Part | None) -> bool:
    return one.status in WITH_UNIT and (part is None or part.reported_on is None)
