"""Prints the register of a year: every reporter with the status of its submission."""

from rich.console import Console

from app.cli.lists.formats import Format
from app.cli.lists.printing import show
from junheng import bootstrap
from junheng.adapters import clock
from tasks.intake import register


def year_register(year: int, how: Format, *, departments: bool) -> None:
    """Print the schools, or the departments and towns, with the status of their submissions."""
    rulebook = bootstrap.rulebook()
    with bootstrap.session() as session:
        of_year = register.of_year(session, rulebook, year)
    entries = of_year.departments if departments else of_year.schools
    columns = ("code", "name", "status", "file", "reason")
    if how is Format.CSV:
        rows = [
            (entry.code, entry.name, entry.status.value, entry.file, entry.reason)
            for entry in entries
        ]
        show(columns, rows, how, headings=columns)
        return
    wording, today = rulebook.wording.listings, clock.today()
    standing = rulebook.wording.artifacts.standing
    shown = [
        (
            "" if departments else entry.code,
            rulebook.display_name(entry.name, today),
            standing[entry.status],
            entry.file,
            entry.reason,
        )
        for entry in entries
    ]
    skipped = 1 if departments else 0
    show(columns, [row[skipped:] for row in shown], how, headings=wording.register_[skipped:])
    for file, reason in of_year.unplaced:
        Console().print(wording.unplaced.format(file=file, reason=reason))
