"""The lists that the command prints: csv for machines with codes, tables for people with names."""

import csv
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from rich.console import Console
from rich.table import Table

from app.cli.lists.formats import Format
from junheng import bootstrap
from junheng.adapters import clock
from junheng.domain.judging import unit_words
from junheng.domain.judging.distances import Gap
from junheng.domain.judging.findings import Finding, Verdict
from junheng.domain.judging.unit_words import UnitNames
from junheng.domain.standard.standard import Rule
from junheng.rulebook import Rulebook
from junheng.settings import OFFICE_ZONE
from junheng.store import findings as findings_store
from junheng.store import notices as notices_store
from junheng.store import submissions as submissions_store
from junheng.store.tables.chase import NoticeRow
from tasks.intake import register
from tasks.judging import overview
from tasks.judging.overview import Which

Rows = Sequence[Sequence[object]]
MOST_ROWS_SHOWN = 60
SEPARATOR = ";"


def show(columns: Sequence[str], rows: Rows, how: Format, *, headings: Sequence[str]) -> None:
    """Print rows: as csv with the columns' own names, or as a table with Chinese headings."""
    match how:
        case Format.CSV:
            writer = csv.writer(sys.stdout, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows(rows)
        case Format.TABLE:
            _table(headings, rows)


def _table(headings: Sequence[str], rows: Rows) -> None:
    table = Table(header_style="bold", row_styles=("", "dim"))
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows[:MOST_ROWS_SHOWN]:
        table.add_row(*("" if value is None else str(value) for value in row))
    console = Console()
    console.print(table)
    if len(rows) > MOST_ROWS_SHOWN:
        says = bootstrap.rulebook().wording["listings"]
        console.print(says["capped"].format(shown=MOST_ROWS_SHOWN, all=len(rows)))


def _says(name: str) -> Any:
    return bootstrap.rulebook().wording["listings"][name]


@dataclass(frozen=True, slots=True)
class _Judged:
    """An evaluation with everything its findings are said with."""

    found: tuple[Finding, ...]
    rules: Mapping[str, Rule]
    names: UnitNames
    rulebook: Rulebook

    @classmethod
    def of(cls, year: int, which: Which) -> Self:
        rulebook = bootstrap.rulebook()
        with bootstrap.session() as session:
            judged = overview.evaluation_of(session, rulebook, year, which)
            found = findings_store.of_evaluation(session, findings_store.number_of(judged))
            rules = {rule.id: rule for rule in findings_store.rules(session, judged)}
            schools = submissions_store.register_of(session, judged.register_collection_id or 0)
        called = {school.code: school.name for school in schools}
        names = overview.unit_names(rulebook, called, clock.today())
        return cls(found, rules, names, rulebook)

    def unit(self, finding: Finding) -> str:
        return self.names.unit(finding, self.rules[finding.indicator].line.per)


def verdicts(year: int, how: Format, which: Which, *, everything: bool) -> None:
    """Print a year's verdicts; units that a line does not concern only on demand."""
    judged = _Judged.of(year, which)
    shown = [one for one in judged.found if everything or one.verdict is not Verdict.NOT_APPLICABLE]
    columns = ("indicator", "unit", "value", "verdict")
    match how:
        case Format.CSV:
            rows = [(one.indicator, one.unit, _number(one), one.verdict.value) for one in shown]
            show(columns, rows, how, headings=columns)
        case Format.TABLE:
            said = [_verdict_row(one, judged) for one in shown]
            show(columns, said, how, headings=_says("verdicts"))
            _say_counts(judged.found, judged.rulebook)


DISTANCE_COLUMNS = ("indicator", "unit", "name", "amount", "measured_in", "direction", "places")


def distances(year: int, how: Format, which: Which) -> None:
    """Print how far each failing unit is from the line: a row for each thing it lacks."""
    judged = _Judged.of(year, which)
    gaps = [(one, gap) for one in judged.found for gap in one.gaps]
    match how:
        case Format.CSV:
            rows = [_distance_csv(finding, gap) for finding, gap in gaps]
            show(DISTANCE_COLUMNS, rows, how, headings=DISTANCE_COLUMNS)
        case Format.TABLE:
            phrases = judged.rulebook.wording["units"]
            said = [
                (one.indicator, judged.unit(one), unit_words.distance(gap, phrases))
                for one, gap in gaps
            ]
            show(DISTANCE_COLUMNS, said, how, headings=_says("distances"))


def _distance_csv(finding: Finding, gap: Gap) -> tuple[object, ...]:
    direction = "over" if gap.is_excess else "short"
    amount = unit_words.number(gap.amount).replace(",", "")
    return (finding.indicator, finding.unit, gap.name, amount, gap.unit, direction, gap.places)


def _number(finding: Finding) -> str:
    return "" if finding.value is None else repr(finding.value)


def _verdict_row(finding: Finding, judged: _Judged) -> tuple[str, ...]:
    rule, phrases = judged.rules[finding.indicator], judged.rulebook.wording["units"]
    is_short = finding.verdict is Verdict.NOT_MET
    return (
        finding.indicator,
        judged.unit(finding),
        unit_words.value(finding.value, rule, apart_from=finding.threshold if is_short else None),
        "" if finding.value is None else unit_words.threshold(finding.threshold, rule, phrases),
        judged.rulebook.wording["artifacts"]["verdict"][finding.verdict.value],
        unit_words.distances(finding, phrases),
    )


def _say_counts(found: Iterable[Finding], rulebook: Rulebook) -> None:
    says = rulebook.wording["artifacts"]["verdict"]
    counts = Counter(one.verdict for one in found)
    parts = (f"{says[verdict.value]} {counts[verdict]}" for verdict in Verdict)
    Console().print("，".join(parts))


def year_register(year: int, how: Format, *, departments: bool) -> None:
    """Print who had to report and what became of each: schools, or departments."""
    rulebook = bootstrap.rulebook()
    with bootstrap.session() as session:
        known = register.of_year(session, rulebook, year)
    entries = known.departments if departments else known.schools
    columns = ("code", "name", "status", "file", "reason")
    if how is Format.CSV:
        rows = [(one.code, one.name, one.status.value, one.file, one.reason) for one in entries]
        show(columns, rows, how, headings=columns)
        return
    standing, today = rulebook.wording["artifacts"]["standing"], clock.today()
    said = [
        (
            "" if departments else one.code,
            rulebook.display_name(one.name, today),
            standing[one.status.value],
            one.file,
            one.reason,
        )
        for one in entries
    ]
    skipped = 1 if departments else 0
    show(columns, [row[skipped:] for row in said], how, headings=_says("register")[skipped:])
    for file, reason in known.unplaced:
        Console().print(_says("unplaced").format(file=file, reason=reason))


NOTICE_COLUMNS = ("key", "recipient", "channel", "planned_on", "sent_at", "status")


def notices(how: Format) -> None:
    """Print every card owed or sent."""
    rulebook = bootstrap.rulebook()
    with bootstrap.session() as session:
        kept = notices_store.listing(session, rulebook.district.code)
    match how:
        case Format.CSV:
            show(NOTICE_COLUMNS, [_notice_csv(row) for row in kept], how, headings=NOTICE_COLUMNS)
        case Format.TABLE:
            rows = [_notice_row(row, rulebook) for row in kept]
            show(NOTICE_COLUMNS, rows, how, headings=_says("notices"))


def _notice_csv(row: NoticeRow) -> tuple[object, ...]:
    sent_at = row.sent_at.isoformat() if row.sent_at else ""
    return (row.key, row.recipient, row.channel, row.planned_on, sent_at, row.status)


def _notice_row(row: NoticeRow, rulebook: Rulebook) -> tuple[object, ...]:
    sent_at = row.sent_at.astimezone(OFFICE_ZONE) if row.sent_at else None
    statuses: Mapping[str, str] = rulebook.wording["artifacts"]["notice"]
    return (
        rulebook.display_names(row.recipient, row.planned_on),
        row.channel,
        row.planned_on,
        f"{sent_at:%Y-%m-%d %H:%M}" if sent_at else "",
        statuses[row.status],
    )
