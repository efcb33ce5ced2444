"""Prints the trace of a verdict: as text for people, or as csv with a row for each cell."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from app.cli.lists.formats import Format
from app.cli.lists.printing import show
from junheng import bootstrap
from junheng.adapters import clock
from junheng.domain.judging import unit_words
from junheng.domain.judging.tracing import TracedFigure
from junheng.domain.judging.unit_words import UnitNames
from junheng.domain.office_days import OFFICE_ZONE
from junheng.domain.standard.standard import Grain
from junheng.rulebook import Rulebook
from junheng.wording.judging.trace import TableWords, TraceWords
from tasks.judging import overview, tracing
from tasks.judging.overview import Which
from tasks.judging.tracing import Place, TracedVerdict

HASH_SHOWN = 12
TRACE_COLUMNS = ("part", "unit", "item", "value", "file", "sha256", "sheet", "cell")


def trace(indicator: str, unit: str, year: int, which: Which, how: Format) -> None:
    """Print the trace of one verdict: as text for people, or as csv with a row for each cell."""
    traced = tracing.trace(indicator, unit, year=year, which=which)
    match how:
        case Format.CSV:
            show(TRACE_COLUMNS, _csv_rows(traced), how, headings=TRACE_COLUMNS)
        case Format.TABLE:
            _TracePrinter(traced, bootstrap.rulebook(), Console(highlight=False)).print_all(year)


def _csv_rows(traced: TracedVerdict) -> list[Sequence[object]]:
    found, rule = traced.trace.finding, traced.trace.rule
    no_place = ("", "", "", "")
    rows: list[Sequence[object]] = [
        ("verdict", found.unit, found.indicator, found.verdict.value, *no_place),
        ("value", found.unit, found.indicator, exact_text(found.value), *no_place),
        ("threshold", found.unit, rule.clause, exact_text(found.threshold), *no_place),
        ("formula", found.unit, traced.trace.formula, traced.trace.worked, *no_place),
    ]
    rows += [("file", found.unit, "", "", file, sha256, "", "") for file, sha256 in traced.files]
    rows += [("reason", found.unit, "", traced.reason, *no_place)] if traced.reason else []
    rows += [("distance", found.unit, gap.name, gap.amount, *no_place) for gap in found.gaps]
    rows += [
        ("line", found.unit, line.indicator, line.value, *no_place) for line in traced.trace.lines
    ]
    rows += [
        ("share", share.unit, found.indicator, share.share, *no_place)
        for share in traced.trace.shares
    ]
    for figure in traced.trace.figures:
        start = ("figure", figure.unit, figure.label, figure.shown)
        places = _places(figure, traced)
        # A sum has many cells: each row has the value of one cell.
        rows += [
            (*start[:3], place.value, place.file, place.sha256, place.sheet, place.cell)
            for place in places
        ]
        rows += [(*start, *no_place)] if not places else []
    return rows


def exact_text(number: float | None) -> str:
    """Return a number with all its digits, '' for None."""
    return "" if number is None else repr(number)


def _places(figure: TracedFigure, traced: TracedVerdict) -> tuple[Place, ...]:
    return tuple(place for key in figure.keys for place in traced.places.get(key, ()))


@dataclass(frozen=True, slots=True)
class _TracePrinter:
    """Prints a trace on the terminal."""

    traced: TracedVerdict
    rulebook: Rulebook
    console: Console

    @property
    def wording(self) -> TraceWords:
        return self.rulebook.wording.trace

    def print_all(self, year: int) -> None:
        names = overview.unit_names(self.rulebook, self.traced.schools, clock.today())
        self._print_verdict(names)
        self._print_lines()
        self._print_shares(names)
        self._print_figures(names)
        if self.traced.trace.rule.line.per is Grain.SUBMISSION:
            self.console.print(self.wording.submission.format(year=year))
        row = self.traced.evaluation
        evaluation = self.wording.evaluation.format(
            number=row.id,
            day=f"{row.evaluated_at.astimezone(OFFICE_ZONE):%Y-%m-%d %H:%M}",
            rules_year=row.rules_year,
            rulebook_hash=row.rulebook_hash[:HASH_SHOWN],
            data_hash=row.data_hash[:HASH_SHOWN],
        )
        self.console.print(f"[dim]{evaluation}[/dim]")

    def _print_verdict(self, names: UnitNames) -> None:
        traced, wording = self.traced.trace, self.wording
        found, rule = traced.finding, traced.rule
        unit_wording = self.rulebook.wording.units
        verdicts = self.rulebook.wording.artifacts.verdict
        self.console.rule(
            wording.head.format(
                line=unit_words.line_name(rule.line), unit=names.unit(found, rule.line.per)
            )
        )
        verdict = wording.verdict.format(verdict=verdicts[found.verdict])
        if found.value is not None:
            verdict += "　" + wording.value.format(
                value=unit_words.value(found.value, rule, apart_from=found.threshold),
                threshold=unit_words.threshold(found.threshold, rule, unit_wording),
            )
        self.console.print(f"[bold]{verdict}[/bold]")
        if found.gaps:
            distance = unit_words.distances(found, unit_wording.distance)
            self.console.print(wording.distance.format(distance=distance))
        until = rule.edition.until
        self.console.print(
            wording.rule.format(
                clause=rule.clause,
                first_day=rule.edition.from_,
                until="" if until is None else wording.until.format(last_day=until),
            )
        )
        for template, text in self._explanations():
            self.console.print(template.format(text=text), markup=False)
        for file, sha256 in self.traced.files:
            if rule.line.per is Grain.SUBMISSION:
                sentence = wording.file.format(file=file, sha256=sha256[:HASH_SHOWN])
                self.console.print(sentence, markup=False)

    def _explanations(self) -> Iterator[tuple[str, str]]:
        """Yield a sentence template and its text for each part of the explanation that exists."""
        traced, words, wording = self.traced.trace, self.rulebook.words, self.wording
        explanations = (
            (wording.reason, self.traced.reason),
            (wording.asked, words.asked(traced.rule)),
            (wording.applies, words.applies(traced.rule)),
            (wording.formula, traced.formula),
            (wording.worked, traced.worked),
            (wording.per_section, traced.per_section),
        )
        return ((template, text) for template, text in explanations if text)

    def _print_figures(self, names: UnitNames) -> None:
        rows = [
            (
                names.any_unit(figure.unit),
                figure.label,
                figure.shown,
                *self._place_cells(_places(figure, self.traced)),
            )
            for figure in self.traced.trace.figures
        ]
        # If all figures are of one unit, the column of unit names is omitted.
        is_one_unit = len({figure.unit for figure in self.traced.trace.figures}) == 1
        self._print_table(self.wording.figures, rows, skipped=1 if is_one_unit else 0)

    def _place_cells(self, places: Sequence[Place]) -> tuple[str, ...]:
        """Return the table cells for file, sheet, cell and hash of a figure's places."""
        if not places:
            return ("", "", "", "")
        first = places[0]
        files = {place.sha256 for place in places}
        file = first.file
        if len(files) > 1:
            file = self.wording.files.format(file=file, count=len(files))
        cell = first.cell
        if len(places) > 1:
            cell = self.wording.cells.format(first=cell, count=len(places))
        return (file, first.sheet, cell, first.sha256[:HASH_SHOWN])

    def _print_lines(self) -> None:
        answers = self.rulebook.wording.figures
        rows = []
        for line in self.traced.trace.lines:
            rule = self.traced.rules[line.indicator]
            threshold = unit_words.threshold(line.bound, rule, self.rulebook.wording.units)
            value = unit_words.value(line.value, rule)
            is_held = answers.yes if line.is_held else answers.no
            rows.append((line.indicator, rule.line.name, value, threshold, is_held))
        self._print_table(self.wording.lines, rows)

    def _print_shares(self, names: UnitNames) -> None:
        rows = [
            (
                names.any_unit(share.unit),
                unit_words.number(share.value),
                f"{share.weight:.1%}",
                f"{share.share:.1%}",
            )
            for share in self.traced.trace.shares
        ]
        self._print_table(self.wording.shares, rows)

    def _print_table(
        self, wording: TableWords, rows: Sequence[Sequence[str]], *, skipped: int = 0
    ) -> None:
        if not rows:
            return
        table = Table(title=wording.heading, title_justify="left", header_style="bold")
        for heading in wording.columns[skipped:]:
            table.add_column(heading, overflow="fold")
        for row in rows:
            table.add_row(*row[skipped:])
        self.console.print(table)
