"""Prints the overall answer: the conditions, the vetoes first, and what is in the way."""

from collections.abc import Mapping

from rich.console import Console
from rich.table import Table

from flows import clock
from flows.listings import Format, show
from junheng import bootstrap
from junheng.domain.recognition import Answer, ConditionAnswer, Recognition
from tasks import overview
from tasks.answering import Answering
from tasks.overview import Which

COLUMNS = ("condition", "answer", "total", "met", "not_met", "unknown")


def recognition(year: int, which: Which, how: Format) -> None:
    """Print the answer of one evaluation: for people, or as csv with a row for each condition."""
    seen = overview.of_year(year, which)
    match how:
        case Format.CSV:
            rows = [_row(one, one.answer.value) for one in seen.recognition.conditions]
            show(COLUMNS, rows, how, headings=COLUMNS)
        case Format.TABLE:
            say(Console(highlight=False), seen.recognition, year, seen.schools)


def _row(one: ConditionAnswer, answer: str) -> tuple[object, ...]:
    counts = (one.count(answer) for answer in Answer)
    return (one.condition.name, answer, len(one.answers), *counts)


def say(console: Console, answer: Recognition, year: int, schools: Mapping[str, str]) -> None:
    """Print the answer, its conditions, and what stands in the way."""
    rulebook = bootstrap.rulebook()
    said = Answering(rulebook, overview.unit_names(rulebook, schools, clock.today()))
    conditions(console, answer, year, said)
    for heading, texts in (
        ("heading_blocking", said.blocking(answer)),
        ("heading_pending", said.pending(answer)),
    ):
        if texts:
            console.print(f"[bold]{said.says[heading]}[/bold]")
            console.print(*(f"· {text}" for text in texts), sep="\n", markup=False)


def conditions(console: Console, answer: Recognition, year: int, said: Answering) -> None:
    """Print the answer and its conditions alone."""
    says = said.says
    console.rule(f"[bold]{says['heading'].format(year=year)}")
    console.print(f"[bold]{said.overall(answer)}[/bold]")
    first, *others = says["columns"]
    table = Table(header_style="bold")
    table.add_column(first, overflow="fold")
    for heading in others:
        table.add_column(heading, no_wrap=True)
    for one in answer.conditions:
        table.add_row(*(str(cell) for cell in _row(one, says["answers"][one.answer.value])))
    console.print(table)
