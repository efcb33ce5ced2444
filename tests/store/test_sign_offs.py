"""Sign-offs in a real database: stored, changed, requested again."""

from dataclasses import replace
from datetime import date

import pytest

from junheng.domain.ledger.sign_offs import Change, SignOff
from junheng.store import sign_offs
from junheng.store.database import database
from junheng.store.sign_offs import UnknownSignOff

DISTRICT = "370405"
TUESDAY = date(2025, 11, 4)
ASKED = SignOff(
    number=1,
    school_year=2025,
    drafts=(("370405-2025-0001", 1), ("370405-2025-0002", 3)),
    asked_on=date(2025, 11, 3),
    decide_by=date(2025, 11, 10),
    flow_run_id="a",
)


def test_a_sign_off_is_read_back_as_written(address: str) -> None:
    with database.session(address) as session:
        sign_offs.add(session, DISTRICT, ASKED)

    with database.session(address) as session:
        assert sign_offs.numbered(session, DISTRICT, 1) == ASKED
        assert sign_offs.newest_first(session, "370400") == ()


def test_an_answer_updates_the_row(address: str) -> None:
    after = ASKED.ended(Change.APPROVE, by="张三", on=TUESDAY)
    after = replace(after, left_out={"370405-2025-0002": "学校年底撤并"}, answer_run_id="b")

    with database.session(address) as session:
        sign_offs.add(session, DISTRICT, ASKED)
        sign_offs.change(session, DISTRICT, after)

    with database.session(address) as session:
        assert sign_offs.newest_first(session, DISTRICT) == (after,)


def test_the_same_drafts_may_be_requested_again_under_another_number(address: str) -> None:
    with database.session(address) as session:
        sign_offs.add(session, DISTRICT, ASKED)
        sign_offs.add(session, DISTRICT, replace(ASKED, number=2))

    with database.session(address) as session:
        assert [sign_off.number for sign_off in sign_offs.newest_first(session, DISTRICT)] == [2, 1]


def test_an_unknown_number_raises_unknown_sign_off(address: str) -> None:
    with database.session(address) as session, pytest.raises(UnknownSignOff):
        sign_offs.numbered(session, DISTRICT, 9)
