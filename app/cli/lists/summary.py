"""Prints the summary of a round for the head of the office: one screen, the worst first."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from app.cli.lists import recognition
from junheng import bootstrap
from junheng.adapters import clock
from junheng.domain.intake.submissions import Standing
from junheng.domain.judging.findings import Verdict
from junheng.store import notices as notices_store
from junheng.wording.operations.artifacts import StandingNames, VerdictNames
from junheng.wording.operations.summary import (
    CardSummary,
    LineSummary,
    OwedSummary,
    ReportingSummary,
)
from tasks.judging import overview
from tasks.judging import report as reports
from tasks.judging.overall_answer import Answering
from tasks.judging.overview import LineCount, Overview

MOST_LINES = 12


def print_summary(console: Console, year: int, seconds: Sequence[tuple[str, float]]) -> None:
    """Print submissions, verdicts, remediations by lead unit, cards, and the next commands."""
    overview_of_year = overview.of_year(year)
    wording, names = bootstrap.rulebook().wording.summary, bootstrap.rulebook().wording.artifacts
    _reporting(console, overview_of_year, year, wording.reporting, names.standing)
    answering = Answering(
        bootstrap.rulebook(),
        overview.unit_names(bootstrap.rulebook(), overview_of_year.schools, clock.today()),
    )
    recognition.conditions(console, overview_of_year.recognition, year, answering)
    _lines(console, overview_of_year, wording.lines, names.verdict)
    _owed(console, overview_of_year, wording.owed)
    _cards(console, wording.cards)
    console.rule(f"[bold]{wording.next.heading}")
    report = reports.path_of(year)
    text = wording.next.text.format(year=year, report=report)
    console.print(text, highlight=False, soft_wrap=True)
    steps = "，".join(wording.step.format(name=name, seconds=spent) for name, spent in seconds)
    total = sum(spent for _, spent in seconds)
    console.print("", wording.time.format(steps=steps, seconds=total), sep="\n", highlight=False)


def _table(columns: Sequence[str]) -> Table:
    """Return a table that wraps its last column instead of truncating it."""
    *first, last = columns
    table = Table(*first, header_style="bold")
    table.add_column(last, overflow="fold")
    return table


def _reporting(
    console: Console, seen: Overview, year: int, wording: ReportingSummary, names: StandingNames
) -> None:
    schools, departments = seen.register.schools, seen.register.departments
    counts = wording.counts.format(
        schools=len(schools),
        departments=len(departments),
        departments_received=sum(
            department.status is Standing.RECEIVED for department in departments
        ),
        **{status.value: sum(school.status is status for school in schools) for status in Standing},
    )
    console.rule(f"[bold]{wording.heading.format(year=year)}")
    console.print(counts)
    table = _table(wording.columns)
    for entry in seen.register.entries:
        if entry.status is not Standing.RECEIVED:
            name = bootstrap.rulebook().display_name(entry.name, clock.today())
            table.add_row(name, names[entry.status], entry.reason)
    for file, reason in seen.register.unplaced:
        table.add_row(file, names[Standing.SENT_BACK], reason)
    if table.row_count:
        console.print(table)


def _lines(console: Console, seen: Overview, wording: LineSummary, names: VerdictNames) -> None:
    met = [line_count for line_count in seen.lines if line_count.is_met]
    counts = wording.counts.format(
        lines=len(seen.lines), met=len(met), failing=len(seen.lines) - len(met)
    )
    console.rule(f"[bold]{wording.heading}")
    console.print(counts)
    table = _table([*wording.columns, *(names[verdict] for verdict in Verdict)])
    for line_count in _worst(seen.lines):
        units = [str(line_count.units.get(verdict, 0)) for verdict in Verdict]
        table.add_row(line_count.line.id, line_count.line.name, *units)
    console.print(table)


def _worst(lines: Sequence[LineCount]) -> list[LineCount]:
    failing = [line_count for line_count in lines if line_count.units.get(Verdict.NOT_MET, 0)]
    failing.sort(key=lambda line_count: -line_count.units.get(Verdict.NOT_MET, 0))
    return failing[:MOST_LINES]


def _owed(console: Console, seen: Overview, wording: OwedSummary) -> None:
    counts = wording.counts.format(remediations=len(seen.ledger), leads=len(seen.owed))
    console.rule(f"[bold]{wording.heading}")
    console.print(counts)
    table = _table(wording.columns)
    for lead_count in seen.owed:
        days = (str(lead_count.first_due_on), str(lead_count.last_due_on))
        lead = bootstrap.rulebook().display_name(lead_count.lead, clock.today())
        table.add_row(lead, str(lead_count.remediations), *days, "、".join(lead_count.indicators))
    console.print(table)


def _cards(console: Console, wording: CardSummary) -> None:
    with bootstrap.session() as session:
        cards = notices_store.listing(session, bootstrap.rulebook().district.code)
    text = wording.counts.format(
        days="、".join(sorted({str(card.planned_on) for card in cards})),
        cards=len(cards),
        sent=sum(card.sent_at is not None for card in cards),
        outbox=bootstrap.settings().outbox_folder,
    )
    console.rule(f"[bold]{wording.heading}")
    console.print(text, highlight=False, soft_wrap=True)
