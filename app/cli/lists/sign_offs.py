"""The lists of sign-offs that the command prints."""

from datetime import date

import typer

from app.cli.lists.formats import Format
from app.cli.lists.printing import show
from junheng import bootstrap
from junheng.domain.ledger.sign_offs import SignOff
from tasks.ledger import sign_off_items
from tasks.ledger.sign_off_items import Item

COLUMNS = (
    "number",
    "school_year",
    "status",
    "remediations",
    "asked_on",
    "decide_by",
    "decided_by",
    "decided_on",
    "reason",
    "left_out",
)
ITEM_COLUMNS = ("reference", "is_veto", "indicator", "unit", "lead", "due_on", "status", "left_out")


def every(how: Format) -> None:
    """Print every sign-off, the newest first."""
    wording = bootstrap.rulebook().wording.sign_off
    rows = [
        _row(one, one.status.value if how is Format.CSV else wording.statuses[one.status])
        for one in sign_off_items.listing()
    ]
    show(COLUMNS, rows, how, headings=wording.columns.list_)


def _row(one: SignOff, status: str) -> tuple[object, ...]:
    return (
        one.number,
        one.school_year,
        status,
        len(one.drafts),
        one.asked_on,
        one.decide_by,
        one.decided_by,
        one.decided_on or "",
        one.reason,
        len(one.left_out),
    )


def one(number: int | None, how: Format, today: date) -> None:
    """Print what a sign-off asks for, as each stands now; without a number, what is asked now."""
    rulebook = bootstrap.rulebook()
    asked, listed = sign_off_items.items(number)
    match how:
        case Format.CSV:
            show(ITEM_COLUMNS, [_item_csv(item) for item in listed], how, headings=ITEM_COLUMNS)
        case Format.TABLE:
            typer.echo(sign_off_items.title(asked, listed))
            rows = [sign_off_items.row(item, rulebook, today) for item in listed]
            show(ITEM_COLUMNS, rows, how, headings=rulebook.wording.sign_off.columns.show)


def _item_csv(item: Item) -> tuple[object, ...]:
    held = item.remediation
    return (
        held.reference,
        str(item.is_veto).lower(),
        held.indicator,
        held.unit,
        held.lead,
        held.due_on,
        held.status.value,
        item.left_out,
    )
