"""Column types: an enum is stored as the text of its members."""

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import StatementError
from sqlmodel import Session, col, select

from junheng.domain.chase.message_status import AlarmStatus
from junheng.store.column_types import UnknownText
from junheng.store.database import database
from junheng.store.tables.chase import AlarmRow

OWED, SENT = AlarmStatus.OWED, AlarmStatus.SENT


@pytest.fixture
def session(address: str) -> Iterator[Session]:
    with database.session(address) as opened:
        yield opened
        opened.rollback()


def put(session: Session, about: str, status: AlarmStatus) -> None:
    row = AlarmRow(
        district_code="370405",
        about=about,
        text="某",
        raised_on=date(2025, 10, 20),
        status=status,
    )
    session.add(row)
    session.flush()
    session.expire_all()


class TestEnumText:
    def test_stores_the_value_of_a_member_and_reads_the_member(self, session: Session) -> None:
        put(session, "某事", SENT)

        assert session.execute(text("SELECT status FROM alarm")).scalar_one() == "sent"
        assert session.exec(select(AlarmRow)).one().status is SENT

    def test_compares_with_members(self, session: Session) -> None:
        put(session, "某事", OWED)
        put(session, "另一件", SENT)

        status = col(AlarmRow.status)
        owed = session.exec(select(AlarmRow.about).where(status == OWED)).all()
        either = session.exec(select(AlarmRow.about).where(status.in_({OWED, SENT}))).all()

        assert owed == ["某事"]
        assert sorted(either) == ["另一件", "某事"]

    def test_an_unknown_text_is_named_in_the_error(self, session: Session) -> None:
        put(session, "某事", SENT)
        session.execute(text("UPDATE alarm SET status = '已发'"))

        with pytest.raises(UnknownText, match="“已发”，本程序只认识 owed、sending、sent"):
            session.exec(select(AlarmRow)).one()

    def test_refuses_to_write_a_text_that_is_not_a_member(self, session: Session) -> None:
        with pytest.raises(StatementError, match="'已发' is not a valid AlarmStatus"):
            put(session, "某事", "已发")  # type: ignore[arg-type]
