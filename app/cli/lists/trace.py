"""Prints the trace of a verdict as text, or as csv with a row for each cell."""

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
    """Print the trace of one verdict."""
    traced = tracing.trace(indicator, unit, year=year, which=which)
    match how:
        case Format.CSV:
            show(TRACE_COLUMNS, _csv_rows(traced), how, headings=TRACE_COLUMNS)
        case Format.TABLE:
            _Printed(traced, bootstrap.rulebook(), Console(highlight=False)).all(year)


def _csv_rows(traced: TracedVerdict) -> list[Sequence[object]]:
    finding, rule = traced.trace.finding, traced.trace.rule
    none = ("", "", "", "")
    rows: list[Sequence[object]] = [
        ("verdict", finding.unit, finding.indicator, finding.verdict.value, *none),
        ("value", finding.unit, finding.indicator, exact(finding.value), *none),
        ("threshold", finding.unit, rule.clause, exact(finding.threshold), *none),
        ("formula", finding.unit, traced.trace.formula, traced.trace.worked, *none),
    ]
    rows += [("file", finding.unit, "", "", file, sha256, "", "") for file, sha256 in traced.files]
    rows += [("reason", finding.unit, "", traced.reason, *none)] if traced.reason else []
    rows += [("distance", finding.unit, gap.name, gap.amount, *none) for gap in finding.gaps]
    rows += [
        ("line", finding.unit, line.indicator, line.value, *none) for line in traced.trace.lines
    ]
    rows += [
        ("share", share.unit, finding.indicator, share.share, *none)
        for share in traced.trace.shares
    ]
    for figure in traced.trace.figures:
        start = ("figure", figure.unit, figure.label, figure.shown)
        places = _places(figure, traced)
        # A sum has many cells: each row contains the value of one of them.
        rows += [
            (*start[:3], place.value, place.file, place.sha256, place.sheet, place.cell)
            for place in places
        ]
        rows += [(*start, *none)] if not places else []
    return rows


def exact(number: float | None) -> str:
    return "" if number is None else repr(number)


def _places(figure: TracedFigure, traced: TracedVerdict) -> tuple[Place, ...]:
    return tuple(place for key in figure.keys for place in traced.places.get(key, ()))


@dataclass(frozen=True, slots=True)
class _Printed:
    """A trace on a terminal."""

    traced: TracedVerdict
    rulebook: Rulebook
    console: Console

    @property
    def wording(self) -> TraceWords:
        return self.rulebook.wording.trace

    def all(self, year: int) -> None:
        names = overview.unit_names(self.rulebook, self.traced.schools, clock.today())
        self._verdict(names)
        self._lines()
        self._shares(names)
        self._figures(names)
        if self.traced.trace.rule.line.per is Grain.SUBMISSION:
            self.console.print(self.wording.submission.format(year=year))
        row = self.traced.evaluation
        sentence = self.wording.evaluation.format(
            number=row.id,
            day=f"{row.evaluated_at.astimezone(OFFICE_ZONE):%Y-%m-%d %H:%M}",
            rules_year=row.rules_year,
            rulebook_hash=row.rulebook_hash[:HASH_SHOWN],
            data_hash=row.data_hash[:HASH_SHOWN],
        )
        self.console.print(f"[dim]{sentence}[/dim]")

    def _verdict(self, names: UnitNames) -> None:
        traced, wording = self.traced.trace, self.wording
        finding, rule = traced.finding, traced.rule
        of_units, verdicts = self.rulebook.wording.units, self.rulebook.wording.artifacts.verdict
        self.console.rule(
            wording.head.format(
                line=unit_words.line_name(rule.line), unit=names.unit(finding, rule.line.per)
            )
        )
        text = wording.verdict.format(verdict=verdicts[finding.verdict])
        if finding.value is not None:
            text += "　" + wording.value.format(
                value=unit_words.value(finding.value, rule, apart_from=finding.threshold),
                threshold=unit_words.threshold(finding.threshold, rule, of_units),
            )
        self.console.print(f"[bold]{text}[/bold]")
        if finding.gaps:
            distance = unit_words.distances(finding, of_units.distance)
            self.console.print(wording.distance.format(distance=distance))
        until = rule.edition.until
        self.console.print(
            wording.rule.format(
                clause=rule.clause,
                first_day=rule.edition.from_,
                until="" if until is None else wording.until.format(last_day=until),
            )
        )
        for sentence, text in self._sentences():
            self.console.print(sentence.format(text=text), markup=False)
        for file, sha256 in self.traced.files:
            if rule.line.per is Grain.SUBMISSION:
                line = wording.file.format(file=file, sha256=sha256[:HASH_SHOWN])
                self.console.print(line, markup=False)

    def _sentences(self) -> Iterator[tuple[str, str]]:
        """Return the sentences about the rule and its computation that are not empty."""
        traced, words, wording = self.traced.trace, self.rulebook.words, self.wording
        sentences = (
            (wording.reason, self.traced.reason),
            (wording.asked, words.asked(traced.rule)),
            (wording.applies, words.applies(traced.rule)),
            (wording.formula, traced.formula),
            (wording.worked, traced.worked),
            (wording.per_section, traced.per_section),
        )
        return ((sentence, text) for sentence, text in sentences if text)

    def _figures(self, names: UnitNames) -> None:
        rows = [
            (
                names.any_unit(figure.unit),
                figure.label,
                figure.shown,
                *self._place(_places(figure, self.traced)),
            )
            for figure in self.traced.trace.figures
        ]
        # If all figures are of one unit, the column of units is omitted.
        is_one_unit = len({figure.unit for figure in self.traced.trace.figures}) == 1
        self._table(self.wording.figures, rows, skipped=1 if is_one_unit else 0)

    def _place(self, places: Sequence[Place]) -> tuple[str, ...]:
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

    def _lines(self) -> None:
        answers = self.rulebook.wording.figures
        rows = []
        for line in self.traced.trace.lines:
            rule = self.traced.rules[line.indicator]
            threshold = unit_words.threshold(line.bound, rule, self.rulebook.wording.units)
            value = unit_words.value(line.value, rule)
            is_held = answers.yes if line.is_held else answers.no
            rows.append((line.indicator, rule.line.name, value, threshold, is_held))
        self._table(self.wording.lines, rows)

    def _shares(self, names: UnitNames) -> None:
        rows = [
            (
                names.any_unit(share.unit),
                unit_words.number(share.value),
                f"{share.weight:.1%}",
                f"{share.share:.1%}",
            )
            for share in self.traced.trace.shares
        ]
        self._table(self.wording.shares, rows)

    def _table(
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
