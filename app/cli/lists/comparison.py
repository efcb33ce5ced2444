"""Prints the verdicts that differ between two evaluations (flips), and the list of evaluations."""

from rich.console import Console

from app.cli.lists.formats import Format
from app.cli.lists.printing import show
from app.cli.lists.trace import HASH_SHOWN, exact_text
from junheng import bootstrap
from junheng.adapters import clock
from junheng.domain.judging import unit_words
from junheng.domain.judging.comparison import Flip
from junheng.domain.judging.unit_words import UnitNames
from junheng.domain.office_days import OFFICE_ZONE
from junheng.rulebook import Rulebook
from junheng.store import findings as findings_store
from tasks.judging import overview
from tasks.judging.comparison import Comparison

FLIP_COLUMNS = ("indicator", "unit", "before", "after", "value", "threshold", "cause")


def flips(compared: Comparison, how: Format) -> None:
    """Print the verdicts that differ, each with its cause, and the lines that only one side has."""
    rulebook = bootstrap.rulebook()
    wording = rulebook.wording.trace.flips
    console = Console(stderr=True, highlight=False)
    unshared = (*compared.only_before, *compared.only_after)
    if unshared:
        names_of_lines = (unit_words.line_name(compared.rules[id_].line) for id_ in unshared)
        console.print(wording.only.format(lines="、".join(names_of_lines)), markup=False)
    count = len(compared.flips)
    console.print(wording.heading.format(count=count) if count else wording.none)
    match how:
        case Format.CSV:
            rows = [_csv_row(flip) for flip in compared.flips]
            show(FLIP_COLUMNS, rows, how, headings=FLIP_COLUMNS)
        case Format.TABLE:
            unit_names = overview.unit_names(rulebook, compared.schools, clock.today())
            rows = [_table_row(flip, compared, unit_names, rulebook) for flip in compared.flips]
            if rows:
                show(FLIP_COLUMNS, rows, how, headings=wording.columns)


def _csv_row(flip: Flip) -> tuple[str, ...]:
    after = flip.after
    verdicts = (flip.before.verdict.value, after.verdict.value)
    values = (exact_text(after.value), exact_text(after.threshold))
    return (after.indicator, after.unit, *verdicts, *values, flip.cause.value)


def _table_row(
    flip: Flip, compared: Comparison, unit_names: UnitNames, rulebook: Rulebook
) -> tuple[str, ...]:
    after, rule = flip.after, compared.rules[flip.after.indicator]
    verdicts = rulebook.wording.artifacts.verdict
    threshold = unit_words.threshold(after.threshold, rule, rulebook.wording.units)
    return (
        after.indicator,
        unit_names.unit(after, rule.line.per),
        verdicts[flip.before.verdict],
        verdicts[after.verdict],
        unit_words.value(after.value, rule, apart_from=after.threshold),
        "" if after.value is None else threshold,
        rulebook.wording.trace.flips.causes[flip.cause],
    )


def evaluations(year: int, how: Format) -> None:
    """Print every evaluation of a year: time, hashes of rules and data, unevaluated lines."""
    rulebook = bootstrap.rulebook()
    wording = rulebook.wording.trace.evaluations
    with bootstrap.session() as session:
        rows = [
            (
                row.id,
                row.evaluated_at.astimezone(OFFICE_ZONE).isoformat(timespec="seconds"),
                row.rules_year,
                row.rulebook_hash if how is Format.CSV else row.rulebook_hash[:HASH_SHOWN],
                row.data_hash if how is Format.CSV else row.data_hash[:HASH_SHOWN],
                "、".join(row.broken),
            )
            for row in findings_store.history(session, rulebook.district.code, year)
        ]
    columns = ("evaluation", "evaluated_at", "rules_year", "rulebook_hash", "data_hash", "broken")
    show(columns, rows, how, headings=wording.columns)
    if not rows:
        Console(stderr=True).print(wording.none.format(year=year))
