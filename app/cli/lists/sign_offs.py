"""Prints the list of sign-offs, and the items of one."""

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
        _row(
            sign_off,
            sign_off.status.value if how is Format.CSV else wording.statuses[sign_off.status],
        )
        for sign_off in sign_off_items.listing()
    ]
    show(COLUMNS, rows, how, headings=wording.columns.list_)


def _row(sign_off: SignOff, status: str) -> tuple[object, ...]:
    return (
        sign_off.number,
        sign_off.school_year,
        status,
        len(sign_off.drafts),
        sign_off.asked_on,
        sign_off.decide_by,
        sign_off.decided_by,
        sign_off.decided_on or "",
        sign_off.reason,
        len(sign_off.left_out),
    )


def one(number: int | None, how: Format, today: date) -> None:
    """Print the items of a sign-off with their status; without a number, of the open one."""
    rulebook = bootstrap.rulebook()
    sign_off, items = sign_off_items.items(number)
    match how:
        case Format.CSV:
            show(ITEM_COLUMNS, [_item_csv(item) for item in items], how, headings=ITEM_COLUMNS)
        case Format.TABLE:
            typer.echo(sign_off_items.title(sign_off, items))
            rows = [sign_off_items.row(item, rulebook, today) for item in items]
            show(ITEM_COLUMNS, rows, how, headings=rulebook.wording.sign_off.columns.show)


def _item_csv(item: Item) -> tuple[object, ...]:
    remediation = item.remediation
    return (
        remediation.reference,
        str(item.is_veto).lower(),
        remediation.indicator,
        remediation.unit,
        remediation.lead,
        remediation.due_on,
        remediation.status.value,
        item.left_out,
    )
