"""Prints the overall answer: the conditions, the vetoes first, and what is in the way."""

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
    """Print the answer of one evaluation: for people, or as csv with a row for each condition."""
    seen = overview.of_year(year, which)
    match how:
        case Format.CSV:
            rows = [
                (one.condition.name, one.answer.value, *counts(one))
                for one in seen.recognition.conditions
            ]
            show(COLUMNS, rows, how, headings=COLUMNS)
        case Format.TABLE:
            say(Console(highlight=False), seen.recognition, year, seen.schools)


def say(console: Console, answer: Recognition, year: int, schools: Mapping[str, str]) -> None:
    """Print the answer, its conditions, and what stands in the way."""
    rulebook = bootstrap.rulebook()
    said = Answering(rulebook, overview.unit_names(rulebook, schools, clock.today()))
    conditions(console, answer, year, said)
    for heading, texts in (
        (said.wording.heading_blocking, said.blocking(answer)),
        (said.wording.heading_pending, said.pending(answer)),
    ):
        if texts:
            console.print(f"[bold]{heading}[/bold]")
            console.print(*(f"· {text}" for text in texts), sep="\n", markup=False, soft_wrap=True)


def conditions(console: Console, answer: Recognition, year: int, said: Answering) -> None:
    """Print the answer and its conditions alone."""
    wording = said.wording
    console.rule(f"[bold]{wording.heading.format(year=year)}")
    console.print(f"[bold]{said.overall(answer)}[/bold]")
    # A terminal is narrow: what the last columns hold is said in one sentence below.
    first, *others = wording.columns[:SHOWN]
    table = Table(header_style="bold")
    table.add_column(first, overflow="fold")
    for heading in others:
        table.add_column(heading, no_wrap=True)
    for one in answer.conditions:
        table.add_row(*(str(cell) for cell in said.row(one)[:SHOWN]))
    console.print(table)
    missing, not_judged, not_applicable = (
        sum(number) for number in list(zip(*map(counts, answer.conditions), strict=True))[-3:]
    )
    text = wording.counts.format(
        missing=missing, not_judged=not_judged, not_applicable=not_applicable
    )
    console.print(text)
