"""Migration of a database from before the ledger (revision 0002): no data are lost."""

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
        return {
            remediation.reference: remediation
            for remediation in remediations.ledger(session, DISTRICT)
        }


def rows(address: str, statement: str) -> list[dict[str, Any]]:
    opened = old_ledger.engine(address)
    with opened.connect() as connection:
        found = [dict(row) for row in connection.execute(text(statement)).mappings()]
    opened.dispose()
    return found


def test_open_remediations_keep_reference_and_dates_as_handed_over(old: str) -> None:
    kept = ledger(old)

    assert list(kept) == [SCHOOL, TOWNS_OWN, DISABLED]
    assert {remediation.status for remediation in kept.values()} == {Status.HANDED_OVER}
    school = kept[SCHOOL]
    assert (school.indicator, school.unit, school.period) == ("R3", "3370405001", "")
    assert (school.lead, school.basis) == ("区教育局", "区教育局（五）")
    assert school.items == ("3370405001:小学", "3370405001:初中")
    assert (school.opened_on, school.due_on) == (date(2024, 10, 21), date(2024, 11, 18))
    assert (school.school_year, school.cycle, school.relapses) == (2024, 1, 0)
    # The ladder of that time was not stored: the current ladder applies.
    assert school.ladder == ""


def test_a_supporting_unit_has_a_part_due_with_the_lead(old: str) -> None:
    kept = ledger(old)

    due = date(2024, 11, 18)
    assert kept[SCHOOL].parts == (Part("区编办", due, due), Part("区人社局", due, due))
    assert kept[TOWNS_OWN].parts == ()


def test_each_remediation_keeps_the_year_of_its_evaluation(old: str) -> None:
    kept = ledger(old)

    assert {remediation.reference: remediation.followed_year for remediation in kept.values()} == {
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


def test_a_school_gets_the_town_of_the_newest_register(old: str) -> None:
    kept = ledger(old)

    assert {remediation.reference: remediation.town for remediation in kept.values()} == {
        SCHOOL: TOWN,
        TOWNS_OWN: TOWN,
        DISABLED: "",
    }


def test_a_new_remediation_gets_the_next_number(old: str) -> None:
    with database.session(old) as session:
        known = remediations.numbered(session, DISTRICT, DISABLED)
        assert remediations.next_number(session, DISTRICT, 2025) == 2
        another = {"reference": "370405-2025-0002", "unit": "某单位"}
        new = Remediation(**{name: getattr(known, name) for name in known.__slots__} | another)

        assert remediations.add(session, DISTRICT, new, evaluation_id=2) == 6


def test_sent_reminders_belong_to_the_first_cycle(old: str) -> None:
    ledger(old)

    reminders = rows(old, "SELECT * FROM reminder ORDER BY id")
    assert [(row["reference"], row["rung"], row["recipient"]) for row in reminders] == list(ENTRIES)
    assert {row["cycle"] for row in reminders} == {1}


def test_the_history_begins_with_a_snapshot_of_each_remediation(old: str) -> None:
    ledger(old)

    with database.session(old) as session:
        chain = tuple(history.whole(session, DISTRICT))
    assert hash_chain.breaks(chain) == ()
    assert [link.event.reference for link in chain] == [SCHOOL, TOWNS_OWN, DISABLED]
    assert {link.event.reason for link in chain} == {"台账升级前已交办"}


def test_the_audit_passes_and_finds_later_changes(
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


def test_a_downgrade_restores_all_rows(old: str) -> None:
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


def test_a_second_upgrade_gives_the_same_ledger(old: str) -> None:
    first = ledger(old)
    opened = old_ledger.engine(old)

    old_ledger.move(opened, "0002", is_up=False)
    old_ledger.move(opened, "head", is_up=True)

    opened.dispose()
    assert ledger(old) == first


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    # JSON columns are compared by value, not by their text.
    return {
        name: json.loads(value) if isinstance(value, str) and value[:1] in "[{" else value
        for name, value in row.items()
    }
