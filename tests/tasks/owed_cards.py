"""Helpers for tests of the chase: hand over, store cards, send, read the outbox."""

from datetime import UTC, date, datetime
from pathlib import Path

from junheng import bootstrap
from junheng.adapters import clock
from junheng.domain.duties.responsibilities import Assignment
from junheng.domain.ledger import remediation as remediations_of
from junheng.domain.ledger.remediation import Subject
from junheng.store import notices
from tasks.chase import cards
from tasks.ledger.ledger import Ledger

DISTRICT = "370405"
MONDAY, TUESDAY = date(2025, 11, 3), date(2025, 11, 4)
DUE, DAY_AFTER = date(2025, 11, 17), date(2025, 11, 18)
DEPARTMENTS = ("区教育局", "区财政局", "区编办")
KEYS = [f"{DISTRICT}:{MONDAY}:{department}" for department in DEPARTMENTS]


def open_remediations(*leads: str) -> None:
    """Hand over one remediation to each lead on Monday 3 November 2025."""
    rulebook = bootstrap.rulebook()
    with bootstrap.session() as session:
        ledger = Ledger.of(session, rulebook, now=datetime(2025, 11, 3, tzinfo=UTC))
        for number, lead in enumerate(leads):
            # A fixed due date, Monday 17 November, independent of the hand-over.
            drafted = remediations_of.first_draft(
                f"{DISTRICT}-2025-{number + 1:04d}",
                Subject("R1", f"337040500{number}", f"第{number}小学", period="2025"),
                Assignment(lead, (), "某条"),
                school_year=2025,
                terms=ledger.terms(None, fixed_due_on=DUE),
                on=MONDAY,
            )
            ledger.draft(drafted, by="系统", on=MONDAY, evaluation_id=None)
            ledger.hand_over(drafted, by="创建办", on=MONDAY)


def owed_to_everyone() -> None:
    open_remediations(*DEPARTMENTS)
    assert cards.owe_cards(MONDAY, clock=clock.now) == len(DEPARTMENTS)


def send() -> cards.Sendings:
    return cards.send_cards(show=lambda card: None, clock=clock.now)


def statuses() -> list[str]:
    with bootstrap.session() as session:
        return [row.status for row in notices.listing(session, DISTRICT)]


def errors() -> list[str]:
    with bootstrap.session() as session:
        return [row.last_error or "" for row in notices.listing(session, DISTRICT)]


def outbox(home: Path) -> list[str]:
    return sorted(path.name for path in (home / "outbox").rglob("*") if path.is_file())
