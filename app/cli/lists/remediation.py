"""Prints one remediation with everything that became of it: for people, or its history as csv."""

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
    told = acts.told(reference)
    match how:
        case Format.CSV:
            rows = [_event_csv(event) for event in told.history]
            show(HISTORY_COLUMNS, rows, how, headings=HISTORY_COLUMNS)
        case Format.TABLE:
            _Shown(told, bootstrap.rulebook(), day).print()


def _event_csv(event: Event) -> Sequence[object]:
    own = (getattr(event, name) for name in EVENT_COLUMNS)
    details = event_text.details_of(event)
    said = (details.get(name, "") for name in DETAIL_COLUMNS)
    return (*own, event_text.until(event), *said, event.details)


@dataclass(frozen=True, slots=True)
class _Shown:
    told: Told
    rulebook: Rulebook
    day: date

    @property
    def held(self) -> Remediation:
        return self.told.remediation

    @property
    def wording(self) -> LedgerWords:
        return self.rulebook.wording.ledger

    @property
    def shown(self) -> ShowWords:
        return self.wording.show

    def print(self) -> None:
        console = Console(highlight=False, markup=False)
        title = self.shown.title.format(
            reference=self.held.reference,
            indicator=self.held.indicator,
            name=self.rulebook.called(self.held.indicator, self.held.period),
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
        allowed = act_refusals.allowed(self.held, self.day)
        moves = "、".join(self.wording.moves[move] for move in allowed)
        if moves:
            console.print(self.shown.next.format(moves=moves), soft_wrap=True)

    def _fields(self) -> Iterator[tuple[str, str]]:
        held = self.held
        yield "unit", self._called(held.unit_name)
        yield "items", "、".join(item_name(item, held.unit) for item in held.items)
        yield "lead", self._called(held.lead)
        yield "basis", held.basis
        yield "status", self.wording.statuses[held.status]
        light = lights.of(held, self.rulebook, self.day)
        yield "light", "" if light is None else self.wording.lights[light]
        yield "opened_on", _text(held.opened_on)
        yield "receipt_due_on", self._due(held.receipt_due_on)
        yield "due_on", self._due(held.due_on)
        for name in ("receipted_on", "reported_on"):
            yield name, _text(getattr(held, name))
        for name in ("extension_until", "waived_until", "arbitrate_by"):
            yield name, _text(getattr(held, name))
        yield "closing", self._closing()
        yield (
            "counts",
            self.shown.counts.format(
                school_year=held.school_year,
                carried_over=held.carried_over,
                relapses=held.relapses,
            ),
        )
        yield "action", held.action
        yield "progress", held.progress

    def _ahead(self) -> Sequence[Sequence[object]]:
        """Return the next rungs with their days and who will be told, while a unit is at it."""
        if self.held.status not in WITH_UNIT:
            return ()
        coming = upcoming_rungs.ahead(
            self.held,
            ladder=ladders.own(self.held),
            contacts=self.rulebook.contacts,
            today=self.day,
            calendar=self.rulebook.calendar,
        )
        shown = coming[:RUNGS_SHOWN]
        return [(self._due(one.on), one.rung.label, "、".join(one.names)) for one in shown]

    def _due(self, day: date) -> str:
        is_provisional = self.rulebook.calendar.is_provisional(day)
        return self.shown.provisional.format(day=day) if is_provisional else _text(day)

    def _closing(self) -> str:
        held = self.held
        if held.closing is None or held.cause is None:
            return self.shown.was_overridden if held.was_overridden else ""
        said = self.shown.overridden if held.closing is Closing.OVERRIDE else self.shown.closing
        return said.format(
            closed_on=held.closed_on,
            closing=self.wording.closings[held.closing],
            cause=self.wording.causes[held.cause],
        )

    def _tables(self) -> Iterator[Table]:
        if self.held.parts:
            rows = [
                (
                    self._called(part.unit),
                    part.receipt_due_on,
                    part.due_on,
                    part.receipted_on,
                    part.reported_on,
                    part.progress,
                )
                for part in self.held.parts
            ]
            yield _table(self.shown.parts, rows)
        if self.held.milestones:
            steps = [(one.name, one.due_on, one.done_on) for one in self.held.milestones]
            yield _table(self.shown.milestones, steps)
        if rungs := self._ahead():
            yield _table(self.shown.ahead, rungs)
        if self.told.reminders:
            told = [reminders.of_one(row, self.rulebook) for row in self.told.reminders]
            yield _table(self.shown.reminders, told)
        if self.told.evidence:
            yield _table(self.shown.evidence, [self._proof(row) for row in self.told.evidence])
        yield _table(self.shown.history, [self._event(event) for event in self.told.history])

    def _proof(self, row: EvidenceRow) -> Sequence[object]:
        at = row.added_at.astimezone(OFFICE_ZONE)
        whose = self._called(row.unit or self.held.lead)
        return (
            row.kind,
            row.name,
            row.version,
            whose,
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
