"""Helpers for tests of the sign-off: draft, request, read back."""

from datetime import UTC, date, datetime

from junheng import bootstrap
from junheng.adapters import clock
from junheng.domain.duties.responsibilities import Assignment
from junheng.domain.history.hash_chain import Event, EventKind
from junheng.domain.ledger import remediation as remediations_of
from junheng.domain.ledger.lifecycle import Status
from junheng.domain.ledger.remediation import Subject
from junheng.domain.ledger.sign_offs import SignOff
from junheng.store import history, notices, remediations
from junheng.store.tables.chase import NoticeRow
from tasks.ledger import sign_offs
from tasks.ledger.ledger import SYSTEM, Ledger

DISTRICT = "370405"
# November 2025 has no holidays except weekends; five workdays after Monday 3 is Monday 10.
MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (date(2025, 11, day) for day in (3, 4, 5, 6, 7))
LAST_MONDAY, DAY_AFTER = date(2025, 11, 10), date(2025, 11, 11)
FIRST, SECOND, THIRD = (f"{DISTRICT}-2025-000{number}" for number in (1, 2, 3))
LEADS = ("区教育局", "区财政局", "区编办")


def draft(*leads: str, start: int = 1, indicator: str = "R1") -> None:
    """Draft one remediation for each lead on Monday 3 November 2025."""
    rulebook = bootstrap.rulebook()
    with bootstrap.session() as session:
        ledger = Ledger.of(session, rulebook, now=datetime(2025, 11, 3, 1, tzinfo=UTC))
        for number, lead in enumerate(leads, start=start):
            drafted = remediations_of.first_draft(
                f"{DISTRICT}-2025-{number:04d}",
                Subject(indicator, f"337040500{number}", f"第{number}小学", town="运河街道"),
                Assignment(lead, (), "某条"),
                school_year=2025,
                terms=ledger.terms(rulebook.standard.line(indicator)),
                on=MONDAY,
            )
            ledger.draft(drafted, by=SYSTEM, on=MONDAY, evaluation_id=None)


def ask(on: date = MONDAY, *, flow_run_id: str = "") -> SignOff:
    asked = sign_offs.ask(year=2025, today=on, flow_run_id=flow_run_id, now=clock.now())
    assert asked is not None
    return asked


def asked_for_three() -> SignOff:
    draft(*LEADS)
    return ask()


def statuses() -> dict[str, Status]:
    with bootstrap.session() as session:
        return {item.reference: item.status for item in remediations.ledger(session, DISTRICT)}


def told(kind: EventKind) -> list[Event]:
    with bootstrap.session() as session:
        whole = list(history.whole(session, DISTRICT))
    return [linked.event for linked in whole if linked.event.kind == kind.value]


def cards() -> list[NoticeRow]:
    with bootstrap.session() as session:
        return list(notices.listing(session, DISTRICT))


def office_cards() -> list[str]:
    """Return the texts of the office's cards, oldest first."""
    return [card.text for card in cards() if card.recipient == "创建办"]
