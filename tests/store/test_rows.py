"""Rows: their ids, and the conversion between rows and values."""

from dataclasses import dataclass, replace
from datetime import date

import pytest
from sqlalchemy import text

from junheng.domain.ledger.lifecycle import Cause, Closing, Status
from junheng.domain.ledger.milestones import Milestone
from junheng.domain.ledger.remediation import Part, Remediation
from junheng.refusals import Refusal
from junheng.store import remediations
from junheng.store.database import database
from junheng.store.rows import NeverStored, columns_of, stored_id, value_of
from junheng.store.tables.users import ImportedUsersRow
from tests.store.test_notices import NOON

MONDAY, FRIDAY = date(2025, 11, 3), date(2025, 11, 7)
REMEDIATION = Remediation(
    reference="370405-2025-0001",
    indicator="R1",
    unit="3370405001",
    period="",
    unit_name="运河街道第一小学",
    town="运河街道",
    school_year=2025,
    followed_year=2025,
    lead="区教育局",
    basis="区教育局（五）",
    items=("3370405001:小学", "3370405001:初中"),
    status=Status.CLOSED,
    opened_on=MONDAY,
    receipt_due_on=MONDAY,
    due_on=FRIDAY,
    stood_at=Status.REVIEWED,
    closing=Closing.DATA,
    cause=Cause.REAL_GAP,
    parts=(Part("区编办", MONDAY, FRIDAY, reported_on=FRIDAY), Part("区财政局", MONDAY, FRIDAY)),
    milestones=(Milestone(1, "立项", MONDAY, MONDAY), Milestone(2, "竣工", FRIDAY)),
    assumed_since=MONDAY,
    assumed_rest_days=(FRIDAY, date(2025, 11, 10)),
)


class TestStoredId:
    def test_is_the_id_assigned_by_the_database(self, address: str) -> None:
        first, second = (ImportedUsersRow(digest=name, imported_at=NOON) for name in ("a", "b"))

        with database.session(address) as session:
            session.add_all((first, second))
            session.flush()

            assert (stored_id(first), stored_id(second)) == (1, 2)

    def test_of_an_unwritten_row_raises_never_stored(self) -> None:
        row = ImportedUsersRow(digest="a", imported_at=NOON)

        with pytest.raises(NeverStored, match="ImportedUsersRow without an id"):
            stored_id(row)

        assert not issubclass(NeverStored, Refusal)


@dataclass(frozen=True, slots=True)
class Import:
    """A value with the columns of an import of users, and one field that is not a column."""

    digest: str
    by: str


class TestConversion:
    def test_a_value_is_built_from_columns_and_given_fields(self) -> None:
        row = ImportedUsersRow(digest="a", imported_at=NOON)

        assert value_of(Import, row, {"by": "张三"}) == Import("a", "张三")

    def test_a_field_without_a_column_must_be_given(self) -> None:
        row = ImportedUsersRow(digest="a", imported_at=NOON)

        with pytest.raises(AttributeError, match="by"):
            value_of(Import, row)

    def test_a_value_becomes_columns_except_fields_stored_elsewhere(self) -> None:
        assert columns_of(Import("a", "张三"), but_for=("by",)) == {"digest": "a"}


@pytest.mark.parametrize(
    "remediation",
    [
        REMEDIATION,
        replace(
            REMEDIATION,
            items=(),
            status=Status.DRAFTED,
            stood_at=None,
            closing=None,
            cause=None,
            parts=(),
            milestones=(),
            assumed_since=None,
            assumed_rest_days=(),
        ),
    ],
    ids=["full", "bare"],
)
def test_a_remediation_is_read_as_it_was_written(address: str, remediation: Remediation) -> None:
    with database.session(address) as session:
        remediations.add(session, "370405", remediation, evaluation_id=None)

    with database.session(address) as session:
        assert remediations.ledger(session, "370405") == (remediation,)


def test_tuples_are_stored_as_json_lists(address: str) -> None:
    with database.session(address) as session:
        remediations.add(session, "370405", REMEDIATION, evaluation_id=None)
        kept = "SELECT CAST(items AS TEXT), CAST(assumed_rest_days AS TEXT) FROM remediation"
        (row,) = session.execute(text(kept))

    # All versions must write the same text, because an audit compares it.
    assert tuple(row) == (
        '["3370405001:小学", "3370405001:初中"]',
        '["2025-11-07", "2025-11-10"]',
    )
