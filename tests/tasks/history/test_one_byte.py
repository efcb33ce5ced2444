"""One byte of any row, changed after any sequence of acts: `audit verify` finds it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from junheng import bootstrap
from junheng.domain.ledger.remediation import Remediation
from junheng.store import findings, remediations
from junheng.store.database.database import Session
from junheng.store.findings import NewEvaluation
from tasks.history import auditing
from tasks.ledger import acts
from tasks.ledger.ledger import Ledger
from tests import examples
from tests.domain.ledger.any_deeds import REFUSALS, deeds
from tests.tasks.ledgers import DISTRICT, MONDAY, REFERENCE, hand_over

OTHER = "370405-2025-0002"
TABLES = ("event", "remediation", "remediation_part", "milestone")
# Parts and milestones are rewritten with every move and no row refers to their ids: these ids are
# in no event.
NOT_IN_EVENTS = {("remediation_part", "id"), ("milestone", "id")}


# PostgreSQL refuses most bytes that do not fit the column's type; SQLite accepts all.
@pytest.mark.sqlite_file
@settings(parent=examples.costly(2), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_changed_byte_of_any_row_after_any_acts_is_found(data: st.DataObject) -> None:
    _hand_two_over_once()
    with undone() as session:
        ledger = Ledger.of(session, bootstrap.rulebook(), now=datetime.now(UTC))
        for reference in (REFERENCE, OTHER):
            _any_acts(acts.find(ledger, reference), ledger, data)
        assert auditing.of_database(session, ledger.rulebook).breaks == ()

        for _ in range(8):
            with session.begin_nested() as changed:
                if _change_one_byte(session, data):
                    assert auditing.of_database(session, ledger.rulebook).breaks
                changed.rollback()


def _hand_two_over_once() -> None:
    """Two remediations: one with supporting units, one with milestones."""
    with bootstrap.session() as session:
        if remediations.ledger(session, DISTRICT):
            return
    hand_over(supporting=("区财政局", "区编办"))
    hand_over("R4", reference=OTHER, unit="3370405002")


@contextmanager
def undone() -> Iterator[Session]:
    """Yield a session that is rolled back, without foreign keys."""
    with bootstrap.session() as session:
        session.execute(text("PRAGMA defer_foreign_keys = ON"))
        yield session
        session.rollback()


def _any_acts(remediation: Remediation, ledger: Ledger, data: st.DataObject) -> None:
    number = findings.keep(
        ledger.session,
        NewEvaluation(DISTRICT, 2025, 2025, "规", "数", datetime.now(UTC), (), (), None),
        (),
    )
    today = MONDAY
    for _ in range(data.draw(st.integers(0, 8))):
        today += timedelta(days=data.draw(st.integers(0, 10)))
        before, head = remediation, ledger.history.head
        try:
            remediation = ledger.act(
                remediation,
                data.draw(deeds(remediation, today)),
                evaluation_id=data.draw(st.sampled_from([None, number])),
            )
        except REFUSALS:
            # A refused act changes neither the row nor the history.
            assert acts.find(ledger, remediation.reference) == before
            assert ledger.history.head == head


def _change_one_byte(session: Session, data: st.DataObject) -> bool:
    """Change a byte, and return whether the database allowed it."""
    table = data.draw(st.sampled_from(TABLES))
    columns = [row[1] for row in session.execute(text(f"PRAGMA table_info({table})"))]
    column = data.draw(
        st.sampled_from([column for column in columns if (table, column) not in NOT_IN_EVENTS])
    )
    rows = session.execute(text(f"SELECT rowid FROM {table}"))  # noqa: S608
    numbers = [row[0] for row in rows]
    number = data.draw(st.sampled_from(numbers))
    bytes_of = f"SELECT CAST({column} AS BLOB) FROM {table} WHERE rowid = {number}"  # noqa: S608
    (before,) = session.execute(text(bytes_of)).one()
    after = _another(before or b"", data)
    change = f"UPDATE {table} SET {column} = CAST(:after AS TEXT) WHERE rowid = {number}"  # noqa: S608
    try:
        session.execute(text(change), {"after": after})
    except IntegrityError:
        return False
    return True


def _another(before: bytes, data: st.DataObject) -> bytes:
    """Return the bytes with one byte changed; one new byte if there are none."""
    if not before:
        return data.draw(st.binary(min_size=1, max_size=1))
    place = data.draw(st.integers(0, len(before) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda byte: byte != before[place]))
    return before[:place] + bytes([byte]) + before[place + 1 :]
