"""Prints the overall answer: the conditions, the vetoes first, and what is in the way."""

from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from flows import clock
from flows.listings import Format, show
from junheng import bootstrap
from junheng.domain import units
from junheng.domain.findings import Finding
from junheng.domain.recognition import Answer, ConditionAnswer, Recognition
from junheng.domain.standard import Line
from junheng.domain.units import UnitNames
from tasks import overview
from tasks.overview import Which

COLUMNS = ("condition", "answer", "total", "met", "not_met", "unknown")
MOST_UNITS_NAMED = 3
Phrases = Mapping[str, Any]


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
    says = rulebook.wording["recognition"]
    console.rule(f"[bold]{says['heading'].format(year=year)}")
    console.print(f"[bold]{overall(answer, says)}[/bold]")
    table = Table(header_style="bold")
    table.add_column(says["columns"][0], overflow="fold")
    for heading in says["columns"][1:]:
        table.add_column(heading, no_wrap=True)
    for one in answer.conditions:
        table.add_row(*(str(cell) for cell in _row(one, says["answers"][one.answer.value])))
    console.print(table)
    names = overview.unit_names(rulebook, schools, clock.today())
    lines = {line.id: line for line in rulebook.standard.lines}
    for heading, texts in (
        ("heading_blocking", blocking(answer, lines, names, says)),
        ("heading_pending", pending(answer, lines, says)),
    ):
        if texts:
            console.print(f"[bold]{says[heading]}[/bold]")
            console.print(*(f"· {text}" for text in texts), sep="\n", markup=False)


def overall(answer: Recognition, says: Phrases) -> str:
    count = sum(one.answer is answer.answer for one in answer.conditions)
    return str(says["overall"][answer.answer.value].format(count=count))


def blocking(
    answer: Recognition, lines: Mapping[str, Line], names: UnitNames, says: Phrases
) -> list[str]:
    """Return what stands in the way, a sentence for each line, in the order of the conditions."""
    return [
        _blocking(lines[indicator], found, names, says)
        for one in answer.conditions
        for indicator, found in _by_line(one.not_met).items()
    ]


def _blocking(line: Line, found: list[Finding], names: UnitNames, says: Phrases) -> str:
    if len(found) == 1 and found[0].unit == found[0].owner and ":" not in found[0].unit:
        only = names.unit(found[0], line.per)
        if only == names.district:
            return str(says["blocking_one"].format(line=units.line_name(line)))
    named = "、".join(names.unit(one, line.per) for one in found[:MOST_UNITS_NAMED])
    if len(found) > MOST_UNITS_NAMED:
        named = says["some"].format(units=named)
    return str(says["blocking"].format(line=units.line_name(line), count=len(found), units=named))


def pending(answer: Recognition, lines: Mapping[str, Line], says: Phrases) -> list[str]:
    """Return what cannot be said yet, a sentence for each line."""
    return [
        str(says["pending"].format(line=units.line_name(lines[indicator]), count=len(found)))
        for one in answer.conditions
        for indicator, found in _by_line(one.unknown).items()
    ]


def _by_line(found: Iterable[Finding]) -> Mapping[str, list[Finding]]:
    by_line: dict[str, list[Finding]] = {}
    for finding in found:
        by_line.setdefault(finding.indicator, []).append(finding)
    return by_line
