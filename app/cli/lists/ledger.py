"""The lists of the ledger that the command prints, and its workbooks."""

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
    """Print every remediation of the district; the csv in full where that is asked for."""
    rulebook = bootstrap.rulebook()
    with bootstrap.session() as session:
        kept = remediations_store.ledger(session, rulebook.district.code)
        head = history.head(session, rulebook.district.code)
    match how:
        case Format.CSV:
            columns = FULL_COLUMNS if is_full else LEDGER_COLUMNS
            rows = [_ledger_csv(row, rulebook, today)[: len(columns)] for row in kept]
            show(columns, rows, how, headings=columns)
        case Format.TABLE:
            wording = rulebook.wording.listings
            said = [_ledger_row(row, rulebook, today) for row in kept]
            show(LEDGER_COLUMNS, said, how, headings=wording.ledger)
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
    """Print what waits for the office itself, the most pressing first."""
    rulebook = bootstrap.rulebook()
    with bootstrap.session() as session:
        kept = remediations_store.waiting_for_office(session, rulebook.district.code)
        signings = sign_off_items.signings(session, rulebook, kept, today)
    known = {one.reference: one for one in kept}
    found = waiting_for_office(kept, told=(), recipient="", today=today, signings=signings)
    order = tuple(Kind)
    listed = sorted(found, key=lambda one: (order.index(one.kind), one.day, one.reference))
    row = _waiting_csv if how is Format.CSV else partial(_waiting_row, rulebook, today)
    rows = [row(known[one.reference], one) for one in listed]
    show(WAITING_COLUMNS, rows, how, headings=rulebook.wording.listings.waiting)


def _waiting_csv(held: Remediation, one: Waiting) -> tuple[object, ...]:
    return (held.reference, held.indicator, held.unit, held.lead, one.kind.value, one.day)


def _waiting_row(
    rulebook: Rulebook, today: date, held: Remediation, one: Waiting
) -> tuple[object, ...]:
    return (
        held.reference,
        f"{held.indicator} {rulebook.called(held.indicator, held.period)}",
        rulebook.display_name(held.unit_name, today),
        rulebook.display_name(held.lead, today),
        rulebook.wording.cards.waiting.kinds[one.kind],
        one.day,
    )


def write_books(folder: Path, today: date) -> None:
    """Write the ledger's workbooks and print where they lie."""
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
                said = scorecards_of.rows(listed, of_cards)
                show(of_cards.columns, said, how, headings=of_cards.columns)
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
    """Print what has failed for some years on end, longest first."""
    rulebook = bootstrap.rulebook()
    found = remediation.dead_corners(year=year, at_least=years)
    match how:
        case Format.CSV:
            rows = [_corner_csv(one) for one in found]
            show(CORNER_COLUMNS, rows, how, headings=CORNER_COLUMNS)
        case Format.TABLE:
            headings = rulebook.wording.listings.dead_corners
            said = [_corner_row(one, rulebook, today) for one in found]
            show(CORNER_COLUMNS, said, how, headings=headings)


def _corner_csv(one: DeadCorner) -> tuple[object, ...]:
    held = one.remediation
    known = ("", "") if held is None else (held.reference, held.status.value)
    return (one.indicator, one.unit, one.years, *known)


def _corner_row(one: DeadCorner, rulebook: Rulebook, today: date) -> tuple[object, ...]:
    held = one.remediation
    wording = rulebook.wording.ledger
    called = rulebook.display_name(one.unit if held is None else held.unit_name, today)
    line = f"{one.indicator} {rulebook.called(one.indicator, '')}"
    if held is None:
        return (line, called, one.years, "", "", wording.nobody)
    status = wording.statuses[held.status]
    lead = rulebook.display_name(held.lead, today)
    return (line, called, one.years, held.reference, lead, status)
