"""What the tests of the chase hand over, owe, send and look at."""

from datetime import UTC, date, datetime
from pathlib import Path

from junheng import bootstrap
from junheng.domain.findings import Finding, Verdict
from junheng.domain.remediation import Order
from junheng.store import findings, notices, remediations
from tasks import chasing

DISTRICT = "370405"
MONDAY, TUESDAY = date(2025, 11, 3), date(2025, 11, 4)
DUE, DAY_AFTER = date(2025, 11, 17), date(2025, 11, 18)
DEPARTMENTS = ("区教育局", "区财政局", "区编办")
KEYS = [f"{DISTRICT}:{MONDAY}:{department}" for department in DEPARTMENTS]


def open_remediations(*leads: str) -> None:
    """Hand one remediation to each lead on Monday 3 November 2025."""
    with bootstrap.session() as session:
        evaluation = findings.keep(
            session,
            findings.NewEvaluation(
                DISTRICT, 2025, 2025, "x", "x", datetime(2025, 11, 3, tzinfo=UTC), (), (), None
            ),
            [Finding("R1", "某", "某", None, None, Verdict.NOT_MET)],
        )
        orders = [
            Order("R1", f"337040500{at}", f"第{at}小学", lead, (), "某条", (), MONDAY, DUE)
            for at, lead in enumerate(leads)
        ]
        remediations.open_all(
            session,
            orders,
            district_code=DISTRICT,
            school_year=2025,
            evaluation_id=evaluation,
        )


def owed_to_everyone() -> None:
    open_remediations(*DEPARTMENTS)
    assert chasing.owe_cards(MONDAY) == len(DEPARTMENTS)


def send() -> chasing.Sendings:
    return chasing.send_cards(show=lambda card: None)


def statuses() -> list[str]:
    with bootstrap.session() as session:
        return [row.status for row in notices.listing(session, DISTRICT)]


def errors() -> list[str]:
    with bootstrap.session() as session:
        return [row.last_error or "" for row in notices.listing(session, DISTRICT)]


def outbox(home: Path) -> list[str]:
    return sorted(path.name for path in (home / "outbox").rglob("*") if path.is_file())
