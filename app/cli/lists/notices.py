"""Prints the cards, unsent and sent."""

from app.cli.lists.formats import Format
from app.cli.lists.printing import show
from junheng import bootstrap
from junheng.domain.office_days import OFFICE_ZONE
from junheng.rulebook import Rulebook
from junheng.store import notices as notices_store
from junheng.store.tables.chase import NoticeRow

NOTICE_COLUMNS = ("key", "recipient", "channel", "planned_on", "sent_at", "status")


def notices(how: Format) -> None:
    """Print every card, unsent or sent."""
    rulebook = bootstrap.rulebook()
    with bootstrap.session() as session:
        notice_rows = notices_store.listing(session, rulebook.district.code)
    match how:
        case Format.CSV:
            show(
                NOTICE_COLUMNS,
                [_notice_csv(row) for row in notice_rows],
                how,
                headings=NOTICE_COLUMNS,
            )
        case Format.TABLE:
            rows = [_notice_row(row, rulebook) for row in notice_rows]
            show(NOTICE_COLUMNS, rows, how, headings=rulebook.wording.listings.notices)


def _notice_csv(row: NoticeRow) -> tuple[object, ...]:
    sent_at = row.sent_at.isoformat() if row.sent_at else ""
    return (row.key, row.recipient, row.channel, row.planned_on, sent_at, row.status)


def _notice_row(row: NoticeRow, rulebook: Rulebook) -> tuple[object, ...]:
    sent_at = row.sent_at.astimezone(OFFICE_ZONE) if row.sent_at else None
    statuses = rulebook.wording.artifacts.notice
    return (
        rulebook.display_names(row.recipient, row.planned_on),
        row.channel,
        row.planned_on,
        f"{sent_at:%Y-%m-%d %H:%M}" if sent_at else "",
        statuses.of(row.status),
    )
