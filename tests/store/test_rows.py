"""Stored rows: the id of each."""

import pytest

from junheng.domain.refusals import Refusal
from junheng.store.database import database
from junheng.store.rows import NeverStored, stored_id
from junheng.store.tables.users import ImportedUsersRow
from tests.store.test_notices import NOON


class TestStoredId:
    def test_is_the_id_that_the_database_gave(self, address: str) -> None:
        first, second = (ImportedUsersRow(digest=name, imported_at=NOON) for name in ("a", "b"))

        with database.session(address) as session:
            session.add_all((first, second))
            session.flush()

            assert (stored_id(first), stored_id(second)) == (1, 2)

    def test_of_a_row_that_was_never_written_is_a_bug(self) -> None:
        row = ImportedUsersRow(digest="a", imported_at=NOON)

        with pytest.raises(NeverStored, match="ImportedUsersRow without an id"):
            stored_id(row)

        assert not issubclass(NeverStored, Refusal)
