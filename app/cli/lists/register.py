"""The list of who had to report in a year, and what became of each."""

from rich.console import Console

from app.cli.lists.formats import Format
from app.cli.lists.printing import show
from junheng import bootstrap
from junheng.adapters import clock
from tasks.intake import register


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
    wording, today = rulebook.wording.listings, clock.today()
    standing = rulebook.wording.artifacts.standing
    said = [
        (
            "" if departments else one.code,
            rulebook.display_name(one.name, today),
            standing[one.status],
            one.file,
            one.reason,
        )
        for one in entries
    ]
    skipped = 1 if departments else 0
    show(columns, [row[skipped:] for row in said], how, headings=wording.register_[skipped:])
    for file, reason in known.unplaced:
        Console().print(wording.unplaced.format(file=file, reason=reason))
