"""A copy of the database has all rows, and changes of the copy stay in the copy."""

from pathlib import Path

from junheng.store import history
from junheng.store.database import copies, database
from tests.store.telling import DISTRICT, tell


def test_a_copy_has_every_row_and_the_original_does_not_change(
    address: str, tmp_path: Path
) -> None:
    tried = f"sqlite:///{tmp_path / 'tried.db'}"
    with database.session(address) as session:
        tell(session, "甲")

    copies.copy(address, to=tried)

    with database.session(tried) as session:
        tell(session, "乙")
        assert [link.event.reason for link in history.whole(session, DISTRICT)] == ["甲", "乙"]
    with database.session(address) as session:
        assert [link.event.reason for link in history.whole(session, DISTRICT)] == ["甲"]
