"""An office's database of before the ledger is brought to it, and loses nothing on the way."""

import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from app.cli.app import app
from junheng.domain.history import hash_chain
from junheng.domain.ledger.lifecycle import Status
from junheng.domain.ledger.remediation import Part, Remediation
from junheng.store import history, remediations
from junheng.store.database import database
from tests.store import old_ledger
from tests.store.old_ledger import ENTRIES, REMEDIATIONS, TOWN

DISTRICT = "370405"
SCHOOL, TOWNS_OWN, DISABLED = (str(row["reference"]) for row in REMEDIATIONS)


@pytest.fixture
def old(address: str) -> str:
    old_ledger.make(address)
    return address


def ledger(address: str) -> dict[str, Remediation]:
    with database.session(address) as session:
        return {one.reference: one for one in remediations.ledger(session, DISTRICT)}


def rows(address: str, statement: str) -> list[dict[str, Any]]:
    opened = old_ledger.engine(address)
    with opened.connect() as connection:
        found = [dict(row) for row in connection.execute(text(statement)).mappings()]
    opened.dispose()
    return found


def test_what_was_open_is_handed_over_under_its_old_reference_and_dates(old: str) -> None:
    kept = ledger(old)

    assert list(kept) == [SCHOOL, TOWNS_OWN, DISABLED]
    assert {one.status for one in kept.values()} == {Status.HANDED_OVER}
    school = kept[SCHOOL]
    assert (school.indicator, school.unit, school.period) == ("R3", "3370405001", "")
    assert (school.lead, school.basis) == ("区教育局", "区教育局（五）")
    assert school.items == ("3370405001:小学", "3370405001:初中")
    assert (school.opened_on, school.due_on) == (date(2024, 10, 21), date(2024, 11, 18))
    assert (school.school_year, school.cycle, school.relapses) == (2024, 1, 0)
    # Nobody kept the ladder of that time: it climbs that of the day.
    assert school.ladder == ""


def test_who_supports_has_a_part_due_with_the_lead(old: str) -> None:
    kept = ledger(old)

    due = date(2024, 11, 18)
    assert kept[SCHOOL].parts == (Part("区编办", due, due), Part("区人社局", due, due))
    assert kept[TOWNS_OWN].parts == ()


def test_each_follows_the_year_of_the_evaluation_that_it_followed(old: str) -> None:
    kept = ledger(old)

    assert {one.reference: one.followed_year for one in kept.values()} == {
        SCHOOL: 2025,
        TOWNS_OWN: 2024,
        DISABLED: 2025,
    }
    followed = rows(old, "SELECT reference, evaluation_id FROM remediation")
    assert {row["reference"]: row["evaluation_id"] for row in followed} == {
        SCHOOL: 2,
        TOWNS_OWN: 1,
        DISABLED: 2,
    }


def test_a_school_has_the_town_of_the_newest_register_and_a_town_itself(old: str) -> None:
    kept = ledger(old)

    assert {one.reference: one.town for one in kept.values()} == {
        SCHOOL: TOWN,
        TOWNS_OWN: TOWN,
        DISABLED: "",
    }


def test_the_next_remediation_is_numbered_after_them(old: str) -> None:
    with database.session(old) as session:
        one = remediations.numbered(session, DISTRICT, DISABLED)
        assert remediations.next_number(session, DISTRICT, 2025) == 2
        another = {"reference": "370405-2025-0002", "unit": "某单位"}
        new = Remediation(**{name: getattr(one, name) for name in one.__slots__} | another)

        assert remediations.add(session, DISTRICT, new, evaluation_id=2) == 6


def test_what_was_told_was_told_in_the_first_cycle(old: str) -> None:
    ledger(old)

    told = rows(old, "SELECT * FROM reminder ORDER BY id")
    assert [(row["reference"], row["rung"], row["recipient"]) for row in told] == list(ENTRIES)
    assert {row["cycle"] for row in told} == {1}


def test_its_history_begins_with_how_each_stood(old: str) -> None:
    ledger(old)

    with database.session(old) as session:
        told = tuple(history.whole(session, DISTRICT))
    assert hash_chain.breaks(told) == ()
    assert [one.event.reference for one in told] == [SCHOOL, TOWNS_OWN, DISABLED]
    assert {one.event.reason for one in told} == {"台账升级前已交办"}


def test_the_audit_passes_and_finds_what_is_changed_afterwards(
    old: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUNHENG_DATABASE_URL", old)

    sound = CliRunner().invoke(app, ["audit", "verify"])
    with database.session(old) as session:
        session.execute(text("UPDATE remediation SET closed_on = '2025-01-06' WHERE id = 2"))
    changed = CliRunner().invoke(app, ["audit", "verify"])

    assert (sound.exit_code, sound.stderr) == (0, "")
    assert sound.stdout.startswith("历史记录 3 条，整改事项 3 项，")
    assert changed.exit_code == 1
    assert f"{TOWNS_OWN} 的“销号日期”现在是“2025-01-06”" in changed.stdout


def test_down_again_everything_is_as_it_was(old: str) -> None:
    before = {
        table: rows(old, f"SELECT * FROM {table} ORDER BY id")  # noqa: S608
        for table in ("remediation", "notice", "notice_entry", "evaluation")
    }
    ledger(old)
    opened = old_ledger.engine(old)

    old_ledger.move(opened, "0002", is_up=False)

    opened.dispose()
    for table, listed in before.items():
        after = rows(old, f"SELECT * FROM {table} ORDER BY id")  # noqa: S608
        assert [_plain(row) for row in after] == [_plain(row) for row in listed]


def test_up_once_more_gives_the_same_ledger(old: str) -> None:
    first = ledger(old)
    opened = old_ledger.engine(old)

    old_ledger.move(opened, "0002", is_up=False)
    old_ledger.move(opened, "head", is_up=True)

    opened.dispose()
    assert ledger(old) == first


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    # What a JSON column holds is what it says, and not how it is written.
    return {
        name: json.loads(value) if isinstance(value, str) and value[:1] in "[{" else value
        for name, value in row.items()
    }
