"""The ledger over the years, in a real database file: one row for each shortfall, never doubled."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlmodel import Session

from junheng.domain.findings import Finding
from junheng.domain.remediation import Order
from junheng.store import database, findings, remediations

DISTRICT = "370405"
SCHOOL = "3370405001"
PRIMARY, JUNIOR = f"{SCHOOL}:小学", f"{SCHOOL}:初中"
Sessions = Callable[[], AbstractContextManager[Session]]


@pytest.fixture
def session(tmp_path: Path) -> Sessions:
    @contextmanager
    def opened() -> Iterator[Session]:
        with database.session(f"sqlite:///{tmp_path / 'junheng.db'}") as session:
            yield session

    return opened


def evaluated(opened: Session, year: int, *found: Finding, data: str = "first") -> int:
    return findings.keep(
        opened,
        findings.NewEvaluation(
            DISTRICT, year, year, "rules", data, datetime(year, 10, 20, tzinfo=UTC), (), (), None
        ),
        found,
    )


def remediated(opened: Session, year: int, items: tuple[str, ...], *, evaluation: int) -> int:
    day = date(year, 10, 20)
    order = Order("R1", SCHOOL, "第一小学", "区教育局", (), "某条", items, day, date(year, 11, 17))
    return remediations.open_all(
        opened, [order], district_code=DISTRICT, school_year=year, evaluation_id=evaluation
    )


def the_row(opened: Session) -> tuple[str, list[str], int]:
    (row,) = remediations.ledger(opened, DISTRICT)
    return (row.reference, row.items, row.evaluation_id)


class TestOpenAll:
    def test_an_older_year_changes_nothing_of_a_newer_one(self, session: Sessions) -> None:
        with session() as opened:
            newer = evaluated(opened, 2025)
            remediated(opened, 2025, (PRIMARY, JUNIOR), evaluation=newer)
        with session() as opened:
            remediated(opened, 2024, (PRIMARY,), evaluation=evaluated(opened, 2024))

        with session() as opened:
            assert the_row(opened) == ("370405-2025-0001", [PRIMARY, JUNIOR], newer)

    def test_an_older_year_again_changes_nothing_of_what_a_newer_one_has_taken_over(
        self, session: Sessions
    ) -> None:
        with session() as opened:
            older = evaluated(opened, 2024)
            remediated(opened, 2024, (PRIMARY,), evaluation=older)
            newer = evaluated(opened, 2025)
            remediated(opened, 2025, (PRIMARY, JUNIOR), evaluation=newer)
            remediated(opened, 2024, (PRIMARY,), evaluation=older)

        with session() as opened:
            assert the_row(opened) == ("370405-2024-0001", [PRIMARY, JUNIOR], newer)

    def test_the_same_year_again_follows_its_newest_evaluation(self, session: Sessions) -> None:
        with session() as opened:
            remediated(opened, 2025, (PRIMARY, JUNIOR), evaluation=evaluated(opened, 2025))
            corrected = evaluated(opened, 2025, data="corrected")
            remediated(opened, 2025, (JUNIOR,), evaluation=corrected)

        with session() as opened:
            assert the_row(opened) == ("370405-2025-0001", [JUNIOR], corrected)
