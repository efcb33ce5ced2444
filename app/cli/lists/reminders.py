"""Prints the reminders: each rung with its recipient, status and times."""

from datetime import datetime

from app.cli.lists.formats import Format
from app.cli.lists.printing import show
from junheng import bootstrap
from junheng.domain.office_days import OFFICE_ZONE
from junheng.rulebook import Rulebook
from junheng.store import reminders
from junheng.store.tables.chase import ReminderRow

COLUMNS = (
    "reference",
    "cycle",
    "rung",
    "recipient",
    "status",
    "planned_on",
    "claimed_at",
    "delivered_at",
    "acknowledged_at",
    "acknowledged_by",
    "reason",
)


def rungs(how: Format, reference: str | None) -> None:
    """Print every reminder of the district, or those of one remediation."""
    rulebook = bootstrap.rulebook()
    district = rulebook.district.code
    with bootstrap.session() as session:
        if reference is None:
            reminder_rows = reminders.listing(session, district)
        else:
            reminder_rows = reminders.of_reference(session, district, reference)
    match how:
        case Format.CSV:
            show(COLUMNS, [_csv(row) for row in reminder_rows], how, headings=COLUMNS)
        case Format.TABLE:
            rows = [_row(row, rulebook) for row in reminder_rows]
            show(COLUMNS, rows, how, headings=rulebook.wording.listings.rungs)


def of_one(row: ReminderRow, rulebook: Rulebook) -> tuple[object, ...]:
    """Return the cells of a reminder in the view of its remediation."""
    return (
        row.cycle,
        _called(row.rung, rulebook),
        rulebook.display_names(row.recipient, row.planned_on),
        rulebook.wording.listings.reminders.of(row.status),
        row.planned_on,
        _at(row.delivered_at),
        _at(row.acknowledged_at),
        row.acknowledged_by,
    )


def _csv(row: ReminderRow) -> tuple[object, ...]:
    instants = (row.claimed_at, row.delivered_at, row.acknowledged_at)
    return (
        row.reference,
        row.cycle,
        row.rung,
        row.recipient,
        row.status,
        row.planned_on,
        *("" if instant is None else instant.isoformat() for instant in instants),
        row.acknowledged_by or "",
        row.reason or "",
    )


def _row(row: ReminderRow, rulebook: Rulebook) -> tuple[object, ...]:
    cycle, called, recipient, status, planned_on, delivered, acknowledged, by = of_one(
        row, rulebook
    )
    return (
        row.reference,
        cycle,
        called,
        recipient,
        status,
        planned_on,
        _at(row.claimed_at),
        delivered,
        acknowledged,
        by or "",
        row.reason or "",
    )


def _called(rung: str, rulebook: Rulebook) -> str:
    """Return the Chinese name of a rung, or of the kind of item that waited for the office."""
    _, colon, waited = rung.partition(":")
    if colon:
        return rulebook.wording.cards.waiting.kinds.of(waited.partition(":")[0])
    return rulebook.ladder.label_of(rung)


def _at(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment.astimezone(OFFICE_ZONE):%Y-%m-%d %H:%M}"
