"""Prints the lists of the ledger, and writes its workbooks."""

from datetime import date
from functools import partial
from pathlib import Path

import typer
from rich.console import Console

from app.cli.lists.formats import Format
from app.cli.lists.printing import SEPARATOR, show
from junheng import bootstrap
from junheng.domain.chase.office_queue import Kind, Waiting, waiting_for_office
from junheng.domain.ledger import scorecards as scorecards_of
from junheng.domain.ledger.remediation import Remediation
from junheng.domain.ledger.scorecards import Scorecard
from junheng.domain.ledger.shortfalls import item_name
from junheng.rulebook import Rulebook
from junheng.store import history
from junheng.store import remediations as remediations_store
from tasks.ledger import lights, remediation, scorecards, sign_off_items
from tasks.ledger.remediation import DeadCorner
from tasks.workbook import books

HASH_SHOWN = 16
LEDGER_COLUMNS = (
    "reference",
    "indicator",
    "unit",
    "lead",
    "supporting",
    "basis",
    "opened_on",
    "due_on",
    "status",
    "items",
)
FULL_COLUMNS = (
    *LEDGER_COLUMNS,
    "period",
    "light",
    "closed_on",
    "closing",
    "cause",
    "carried_over",
    "relapses",
)


def ledger(how: Format, today: date, *, is_full: bool = False) -> None:
    """Print every remediation of the district; `is_full` adds columns to the csv."""
    rulebook = bootstrap.rulebook()
    with bootstrap.session() as session:
        remediations = remediations_store.ledger(session, rulebook.district.code)
        head = history.head(session, rulebook.district.code)
    match how:
        case Format.CSV:
            columns = FULL_COLUMNS if is_full else LEDGER_COLUMNS
            rows = [_ledger_csv(row, rulebook, today)[: len(columns)] for row in remediations]
            show(columns, rows, how, headings=columns)
        case Format.TABLE:
            wording = rulebook.wording.listings
            rows = [_ledger_row(row, rulebook, today) for row in remediations]
            show(LEDGER_COLUMNS, rows, how, headings=wording.ledger)
            Console(highlight=False).print(wording.head.format(head=head[:HASH_SHOWN]))


def _ledger_csv(row: Remediation, rulebook: Rulebook, today: date) -> tuple[object, ...]:
    light = lights.of(row, rulebook, today)
    return (
        row.reference,
        row.indicator,
        row.unit,
        row.lead,
        SEPARATOR.join(row.supporting),
        row.basis,
        row.opened_on,
        row.due_on,
        row.status.value,
        SEPARATOR.join(row.items),
        row.period,
        "" if light is None else light.value,
        row.closed_on or "",
        "" if row.closing is None else row.closing.value,
        "" if row.cause is None else row.cause.value,
        row.carried_over,
        row.relapses,
    )


def _ledger_row(row: Remediation, rulebook: Rulebook, today: date) -> tuple[object, ...]:
    wording = rulebook.wording.ledger
    items = "、".join(item_name(item, row.unit) for item in row.items)
    name = rulebook.display_name(row.unit_name, today)
    light = lights.of(row, rulebook, today)
    return (
        row.reference,
        row.indicator,
        wording.book.items.format(unit=name, items=items) if items else name,
        rulebook.display_name(row.lead, today),
        row.due_on,
        wording.statuses[row.status],
        wording.lights.none if light is None else wording.lights[light],
    )


WAITING_COLUMNS = ("reference", "indicator", "unit", "lead", "waiting", "day")


def waiting(how: Format, today: date) -> None:
    """Print the remediations that wait for the office, the most urgent kind first."""
    rulebook = bootstrap.rulebook()
    with bootstrap.session() as session:
        remediations = remediations_store.waiting_for_office(session, rulebook.district.code)
        signings = sign_off_items.signings(session, rulebook, remediations, today)
    by_reference = {remediation.reference: remediation for remediation in remediations}
    found = waiting_for_office(remediations, told=(), recipient="", today=today, signings=signings)
    order = tuple(Kind)
    items = sorted(found, key=lambda item: (order.index(item.kind), item.day, item.reference))
    row = _waiting_csv if how is Format.CSV else partial(_waiting_row, rulebook, today)
    rows = [row(by_reference[item.reference], item) for item in items]
    show(WAITING_COLUMNS, rows, how, headings=rulebook.wording.listings.waiting)


def _waiting_csv(remediation: Remediation, item: Waiting) -> tuple[object, ...]:
    return (
        remediation.reference,
        remediation.indicator,
        remediation.unit,
        remediation.lead,
        item.kind.value,
        item.day,
    )


def _waiting_row(
    rulebook: Rulebook, today: date, remediation: Remediation, item: Waiting
) -> tuple[object, ...]:
    return (
        remediation.reference,
        f"{remediation.indicator} {rulebook.called(remediation.indicator, remediation.period)}",
        rulebook.display_name(remediation.unit_name, today),
        rulebook.display_name(remediation.lead, today),
        rulebook.wording.cards.waiting.kinds[item.kind],
        item.day,
    )


def write_books(folder: Path, today: date) -> None:
    """Write the ledger's workbooks and print their paths."""
    wording = bootstrap.rulebook().wording.ledger.book
    written = books.write_all(today, folder)
    for path in written:
        typer.echo(str(path))
    typer.echo(wording.written.format(count=len(written), folder=folder), err=True)


CARD_COLUMNS = (
    "kind",
    "rank",
    "unit",
    "lead",
    "supporting",
    "receipted_in_time",
    "receipts_due",
    "closed_in_time",
    "closings_due",
    "overdue",
    "relapsed",
)


def cards(how: Format, today: date, *, since: date | None, until: date | None) -> None:
    """Print the scorecards of departments and of towns."""
    wording = bootstrap.rulebook().wording
    of_cards = wording.scorecards
    found = scorecards.of_day(today, since=since, until=until)
    match how:
        case Format.CSV:
            rows = [_card_csv(kind, card) for kind, listed in found.items() for card in listed]
            show(CARD_COLUMNS, rows, how, headings=CARD_COLUMNS)
        case Format.TABLE:
            console = Console(highlight=False)
            for kind, listed in found.items():
                console.print(of_cards.titles[kind], style="bold")
                shown = scorecards_of.rows(listed, of_cards)
                show(of_cards.columns, shown, how, headings=of_cards.columns)
            console.print(of_cards.note, soft_wrap=True)
            console.print(wording.listings.head.format(head=_head()[:HASH_SHOWN]))


def _head() -> str:
    with bootstrap.session() as session:
        return history.head(session, bootstrap.rulebook().district.code)


def _card_csv(kind: scorecards_of.Kind, card: Scorecard) -> tuple[object, ...]:
    return (
        kind.value,
        card.shown_rank or "",
        card.unit,
        card.lead,
        card.supporting,
        card.receipted_in_time.hits,
        card.receipted_in_time.of,
        card.closed_in_time.hits,
        card.closed_in_time.of,
        card.overdue,
        card.relapsed,
    )


CORNER_COLUMNS = ("indicator", "unit", "years", "reference", "status")


def dead_corners(year: int, years: int, how: Format, today: date) -> None:
    """Print the units that failed an indicator for `years` years in a row, longest first."""
    rulebook = bootstrap.rulebook()
    found = remediation.dead_corners(year=year, at_least=years)
    match how:
        case Format.CSV:
            rows = [_corner_csv(corner) for corner in found]
            show(CORNER_COLUMNS, rows, how, headings=CORNER_COLUMNS)
        case Format.TABLE:
            headings = rulebook.wording.listings.dead_corners
            rows = [_corner_row(corner, rulebook, today) for corner in found]
            show(CORNER_COLUMNS, rows, how, headings=headings)


def _corner_csv(corner: DeadCorner) -> tuple[object, ...]:
    remediation = corner.remediation
    status = ("", "") if remediation is None else (remediation.reference, remediation.status.value)
    return (corner.indicator, corner.unit, corner.years, *status)


def _corner_row(corner: DeadCorner, rulebook: Rulebook, today: date) -> tuple[object, ...]:
    remediation = corner.remediation
    wording = rulebook.wording.ledger
    unit = rulebook.display_name(
        corner.unit if remediation is None else remediation.unit_name, today
    )
    line = f"{corner.indicator} {rulebook.called(corner.indicator, '')}"
    if remediation is None:
        return (line, unit, corner.years, "", "", wording.nobody)
    status = wording.statuses[remediation.status]
    lead = rulebook.display_name(remediation.lead, today)
    return (line, unit, corner.years, remediation.reference, lead, status)
