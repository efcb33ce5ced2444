"""Prints the overall answer of an evaluation: conditions, vetoes first, and open problems."""

from collections.abc import Mapping

from rich.console import Console
from rich.table import Table

from app.cli.lists.formats import Format
from app.cli.lists.printing import show
from junheng import bootstrap
from junheng.adapters import clock
from junheng.domain.judging.recognition import Recognition
from tasks.judging import overview
from tasks.judging.overall_answer import Answering, counts
from tasks.judging.overview import Which

COLUMNS = (
    "condition",
    "answer",
    "total",
    "met",
    "not_met",
    "unknown",
    "missing",
    "not_judged",
    "not_applicable",
)
SHOWN = 6


def recognition(year: int, which: Which, how: Format) -> None:
    """Print the answer of one evaluation as text, or as csv with a row for each condition."""
    year_overview = overview.of_year(year, which)
    match how:
        case Format.CSV:
            rows = [
                (result.condition.name, result.answer.value, *counts(result))
                for result in year_overview.recognition.conditions
            ]
            show(COLUMNS, rows, how, headings=COLUMNS)
        case Format.TABLE:
            print_answer(
                Console(highlight=False), year_overview.recognition, year, year_overview.schools
            )


def print_answer(
    console: Console, answer: Recognition, year: int, schools: Mapping[str, str]
) -> None:
    """Print the answer, its conditions, and the problems that block or delay recognition."""
    rulebook = bootstrap.rulebook()
    answering = Answering(rulebook, overview.unit_names(rulebook, schools, clock.today()))
    conditions(console, answer, year, answering)
    for heading, texts in (
        (answering.wording.heading_blocking, answering.blocking(answer)),
        (answering.wording.heading_pending, answering.pending(answer)),
    ):
        if texts:
            console.print(f"[bold]{heading}[/bold]")
            console.print(*(f"· {text}" for text in texts), sep="\n", markup=False, soft_wrap=True)


def conditions(console: Console, answer: Recognition, year: int, answering: Answering) -> None:
    """Print only the answer and its conditions."""
    wording = answering.wording
    console.rule(f"[bold]{wording.heading.format(year=year)}")
    console.print(f"[bold]{answering.overall(answer)}[/bold]")
    # A terminal is narrow, so the totals of the last columns are printed as one sentence below.
    first, *others = wording.columns[:SHOWN]
    table = Table(header_style="bold")
    table.add_column(first, overflow="fold")
    for heading in others:
        table.add_column(heading, no_wrap=True)
    for result in answer.conditions:
        table.add_row(*(str(cell) for cell in answering.row(result)[:SHOWN]))
    console.print(table)
    missing, not_judged, not_applicable = (
        sum(number) for number in list(zip(*map(counts, answer.conditions), strict=True))[-3:]
    )
    text = wording.counts.format(
        missing=missing, not_judged=not_judged, not_applicable=not_applicable
    )
    console.print(text)
