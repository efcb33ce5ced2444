"""Prints which verdicts differ between two judgings, and which judgings there are."""

from rich.console import Console

from flows.clock import OFFICE_ZONE
from flows.listings import Format, show
from flows.tracing import HASH_SHOWN, exact
from junheng import bootstrap
from junheng.store import findings as findings_store
from tasks.comparison import Comparison

FLIP_COLUMNS = ("indicator", "unit", "before", "after", "value", "threshold", "cause")


def flips(compared: Comparison, how: Format) -> None:
    """Print the verdicts that differ, each with its cause."""
    rulebook = bootstrap.rulebook()
    says = rulebook.wording["trace"]["flips"]
    verdicts = rulebook.wording["artifacts"]["verdict"]
    is_csv = how is Format.CSV
    rows = [
        (
            one.after.indicator,
            one.after.unit,
            one.before.verdict.value if is_csv else verdicts[one.before.verdict.value],
            one.after.verdict.value if is_csv else verdicts[one.after.verdict.value],
            exact(one.after.value),
            exact(one.after.threshold),
            one.cause.value if is_csv else says["causes"][one.cause.value],
        )
        for one in compared.flips
    ]
    console = Console(stderr=True, highlight=False)
    only = (*compared.only_before, *compared.only_after)
    if only:
        console.print(says["only"].format(lines="、".join(only)))
    console.print(says["heading"].format(count=len(rows)) if rows else says["none"])
    if rows or is_csv:
        show(FLIP_COLUMNS, rows, how, headings=says["columns"])


def evaluations(year: int, how: Format) -> None:
    """Print every evaluation of a year: when, by which rules, of which data."""
    rulebook = bootstrap.rulebook()
    says = rulebook.wording["trace"]["evaluations"]
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
    show(columns, rows, how, headings=says["columns"])
    if not rows:
        Console(stderr=True).print(says["none"].format(year=year))
