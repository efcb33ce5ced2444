"""Helpers for tests of the ledger: hand over, act, read back."""

from datetime import UTC, date, datetime

from junheng import bootstrap
from junheng.adapters import clock
from junheng.domain.duties.responsibilities import Assignment
from junheng.domain.history.hash_chain import Event
from junheng.domain.ledger import remediation as remediations_of
from junheng.domain.ledger.independence import REVIEWS
from junheng.domain.ledger.lifecycle import Cause, Move
from junheng.domain.ledger.remediation import Act, Remediation, Subject
from junheng.store import history, remediations
from tasks.ledger import acts
from tasks.ledger.ledger import SYSTEM, Ledger

DISTRICT = "370405"
# November 2025 has no holidays except weekends.
MONDAY, TUESDAY, WEDNESDAY = date(2025, 11, 3), date(2025, 11, 4), date(2025, 11, 5)
REFERENCE = "370405-2025-0001"


def hand_over(
    indicator: str = "R1",
    *,
    reference: str = REFERENCE,
    lead: str = "区教育局",
    supporting: tuple[str, ...] = ("区财政局",),
    unit: str = "3370405001",
) -> Remediation:
    """Create a remediation and hand it over on Monday 3 November 2025."""
    rulebook = bootstrap.rulebook()
    line = rulebook.standard.line(indicator)
    subject = Subject(indicator, unit, "运河街道第一小学", "运河街道")
    answers = Assignment(lead, supporting, "某条")
    with bootstrap.session() as session:
        ledger = Ledger.of(session, rulebook, now=datetime.now(UTC))
        drafted = remediations_of.first_draft(
            reference,
            subject,
            answers,
            school_year=2025,
            terms=ledger.terms(line),
            on=MONDAY,
        )
        ledger.draft(drafted, by=SYSTEM, on=MONDAY, evaluation_id=None)
        return ledger.hand_over(drafted, by="创建办", on=MONDAY)


def act(move: Move, *, on: date = TUESDAY, cause: Cause | None = None) -> Remediation:
    by = "创建办" if move in REVIEWS else "张三"
    wanted = Act(move, by, on, reason="核实", cause=cause, approved_by="李四")
    return acts.act(REFERENCE, wanted, now=clock.now())


def kept(reference: str = REFERENCE) -> Remediation:
    with bootstrap.session() as session:
        return remediations.numbered(session, DISTRICT, reference)


def events(reference: str = REFERENCE) -> tuple[Event, ...]:
    with bootstrap.session() as session:
        return history.of_reference(session, DISTRICT, reference)
