"""Prints one remediation with its details and history, or its history alone as csv."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from rich.console import Console
from rich.table import Table

from app.cli.lists import reminders
from app.cli.lists.formats import Format
from app.cli.lists.printing import show
from junheng import bootstrap
from junheng.domain.chase import upcoming_rungs
from junheng.domain.history.hash_chain import Event, EventKind
from junheng.domain.ledger import event_text
from junheng.domain.ledger.lifecycle import WITH_UNIT, Closing
from junheng.domain.ledger.remediation import Remediation
from junheng.domain.ledger.shortfalls import item_name
from junheng.domain.office_days import OFFICE_ZONE
from junheng.rulebook import Rulebook
from junheng.store.tables.ledger import EvidenceRow
from junheng.wording.ledger.ledger import LedgerWords
from junheng.wording.ledger.show import ShowWords
from tasks.ledger import act_refusals, acts, ladders, lights
from tasks.ledger.acts import Told

HASH_SHOWN = 12
RUNGS_SHOWN = 3
EVENT_COLUMNS = ("sequence", "at", "day", "kind", "unit", "move", "was", "became", "by", "reason")
DETAIL_COLUMNS = ("approved_by", "cause", "text")
HISTORY_COLUMNS = (*EVENT_COLUMNS, "until", *DETAIL_COLUMNS, "details")


def remediation(reference: str, day: date, how: Format) -> None:
    """Print a remediation; raises ActRefused for an unknown reference."""
    record = acts.told(reference)
    match how:
        case Format.CSV:
            rows = [_event_csv(event) for event in record.history]
            show(HISTORY_COLUMNS, rows, how, headings=HISTORY_COLUMNS)
        case Format.TABLE:
            _Page(record, bootstrap.rulebook(), day).print()


def _event_csv(event: Event) -> Sequence[object]:
    own = (getattr(event, name) for name in EVENT_COLUMNS)
    details = event_text.details_of(event)
    detail_values = (details.get(name, "") for name in DETAIL_COLUMNS)
    return (*own, event_text.until(event), *detail_values, event.details)


@dataclass(frozen=True, slots=True)
class _Page:
    record: Told
    rulebook: Rulebook
    day: date

    @property
    def remediation(self) -> Remediation:
        return self.record.remediation

    @property
    def wording(self) -> LedgerWords:
        return self.rulebook.wording.ledger

    @property
    def shown(self) -> ShowWords:
        return self.wording.show

    def print(self) -> None:
        console = Console(highlight=False, markup=False)
        title = self.shown.title.format(
            reference=self.remediation.reference,
            indicator=self.remediation.indicator,
            name=self.rulebook.called(self.remediation.indicator, self.remediation.period),
        )
        console.print(title, style="bold")
        fields = Table(show_header=False, box=None)
        fields.add_column(style="dim")
        fields.add_column(overflow="fold")
        for name, value in self._fields():
            if value:
                fields.add_row(self.shown.fields.of(name), value)
        console.print(fields)
        for table in self._tables():
            console.print(table)
        allowed = act_refusals.allowed(self.remediation, self.day)
        moves = "、".join(self.wording.moves[move] for move in allowed)
        if moves:
            console.print(self.shown.next.format(moves=moves), soft_wrap=True)

    def _fields(self) -> Iterator[tuple[str, str]]:
        remediation = self.remediation
        yield "unit", self._called(remediation.unit_name)
        yield "items", "、".join(item_name(item, remediation.unit) for item in remediation.items)
        yield "lead", self._called(remediation.lead)
        yield "basis", remediation.basis
        yield "status", self.wording.statuses[remediation.status]
        light = lights.of(remediation, self.rulebook, self.day)
        yield "light", "" if light is None else self.wording.lights[light]
        yield "opened_on", _text(remediation.opened_on)
        yield "receipt_due_on", self._due(remediation.receipt_due_on)
        yield "due_on", self._due(remediation.due_on)
        for name in ("receipted_on", "reported_on"):
            yield name, _text(getattr(remediation, name))
        for name in ("extension_until", "waived_until", "arbitrate_by"):
            yield name, _text(getattr(remediation, name))
        yield "closing", self._closing()
        yield (
            "counts",
            self.shown.counts.format(
                school_year=remediation.school_year,
                carried_over=remediation.carried_over,
                relapses=remediation.relapses,
            ),
        )
        yield "action", remediation.action
        yield "progress", remediation.progress

    def _ahead(self) -> Sequence[Sequence[object]]:
        """Return the next rungs with day and recipients, if the remediation is with a unit."""
        if self.remediation.status not in WITH_UNIT:
            return ()
        coming = upcoming_rungs.ahead(
            self.remediation,
            ladder=ladders.own(self.remediation),
            contacts=self.rulebook.contacts,
            today=self.day,
            calendar=self.rulebook.calendar,
        )
        shown = coming[:RUNGS_SHOWN]
        return [(self._due(rung.on), rung.rung.label, "、".join(rung.names)) for rung in shown]

    def _due(self, day: date) -> str:
        is_provisional = self.rulebook.calendar.is_provisional(day)
        return self.shown.provisional.format(day=day) if is_provisional else _text(day)

    def _closing(self) -> str:
        remediation = self.remediation
        if remediation.closing is None or remediation.cause is None:
            return self.shown.was_overridden if remediation.was_overridden else ""
        sentence = (
            self.shown.overridden if remediation.closing is Closing.OVERRIDE else self.shown.closing
        )
        return sentence.format(
            closed_on=remediation.closed_on,
            closing=self.wording.closings[remediation.closing],
            cause=self.wording.causes[remediation.cause],
        )

    def _tables(self) -> Iterator[Table]:
        if self.remediation.parts:
            rows = [
                (
                    self._called(part.unit),
                    part.receipt_due_on,
                    part.due_on,
                    part.receipted_on,
                    part.reported_on,
                    part.progress,
                )
                for part in self.remediation.parts
            ]
            yield _table(self.shown.parts, rows)
        if self.remediation.milestones:
            steps = [(step.name, step.due_on, step.done_on) for step in self.remediation.milestones]
            yield _table(self.shown.milestones, steps)
        if rungs := self._ahead():
            yield _table(self.shown.ahead, rungs)
        if self.record.reminders:
            sent = [reminders.of_one(row, self.rulebook) for row in self.record.reminders]
            yield _table(self.shown.reminders, sent)
        if self.record.evidence:
            yield _table(self.shown.evidence, [self._proof(row) for row in self.record.evidence])
        yield _table(self.shown.history, [self._event(event) for event in self.record.history])

    def _proof(self, row: EvidenceRow) -> Sequence[object]:
        at = row.added_at.astimezone(OFFICE_ZONE)
        unit = self._called(row.unit or self.remediation.lead)
        return (
            row.kind,
            row.name,
            row.version,
            unit,
            row.added_by,
            f"{at:%Y-%m-%d %H:%M}",
            row.sha256[:HASH_SHOWN],
        )

    def _event(self, event: Event) -> Sequence[object]:
        kind = EventKind(event.kind)
        name = self.wording.moves.get(event.move) or self.wording.kinds[kind]
        statuses = self.wording.statuses
        return (
            event.day,
            name,
            self._called(event.unit),
            event.by,
            statuses.get(event.was) or "",
            statuses.get(event.became) or "",
            event.reason,
            event_text.told(event, self.wording, called=self._called),
        )

    def _called(self, unit: str) -> str:
        return self.rulebook.display_name(unit, self.day)


def _text(value: date | None) -> str:
    return "" if value is None else value.isoformat()


def _table(headings: Sequence[str], rows: Sequence[Sequence[object]]) -> Table:
    table = Table(header_style="bold")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row))
    return table
