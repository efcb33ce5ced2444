"""An upgrade loses no data of an earlier version, duplicates nothing and sends nothing twice."""

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from junheng import bootstrap
from junheng.store.database import database
from tasks.history import auditing
from tasks.people import sign_ins, users
from tests.app.cli.test_app import rows, run
from tests.upgrades import an_old_home, old_office, small_submissions
from tests.upgrades.an_old_home import CSV, NEXT_MONDAY, NEXT_WORKDAY

pytestmark = pytest.mark.usefixtures("old_home")


def ledger() -> dict[str, dict[str, str]]:
    listed = rows(run("ledger", "--full", "--on", NEXT_WORKDAY, *CSV))
    return {row["reference"]: row for row in listed}


def as_listed(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(an_old_home.listed(name))))


def sign_offs() -> list[tuple[str, str]]:
    return [(row["number"], row["status"]) for row in rows(run("sign-off", "list", *CSV))]


def identity(row: dict[str, str]) -> tuple[str, str, str]:
    return row["indicator"], row["unit"], row["period"]


def _round(home: Path) -> None:
    for words in (
        ("collect", str(home / "inbox" / "2025"), "--year", "2025", "--on", NEXT_WORKDAY),
        ("evaluate", "--year", "2025"),
        ("remediate", "--year", "2025", "--on", NEXT_WORKDAY, "--by", "李四"),
    ):
        assert run(*words).exit_code == 0


def test_the_tables_are_migrated_to_the_newest_revision() -> None:
    address = bootstrap.settings().database
    assert database.revision_at(address) == an_old_home.REVISION

    with bootstrap.session():
        pass

    assert database.revision_at(address) == database.head()


def test_the_audit_passes() -> None:
    audited = run("audit", "verify")

    assert (audited.exit_code, audited.stderr) == (0, "")
    assert auditing.verify().breaks == ()


@pytest.mark.parametrize("name", an_old_home.LISTS)
def test_every_list_is_unchanged(name: str) -> None:
    result = run(*an_old_home.LISTS[name], *CSV)

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == an_old_home.listed(name)


def test_the_next_chases_add_the_same_rungs() -> None:
    for day in (NEXT_WORKDAY, NEXT_MONDAY):
        assert run("chase", "--on", day).exit_code == 0

    rungs = run("notices", "--rungs", *CSV).stdout
    assert an_old_home.owed(rungs) == an_old_home.listed(an_old_home.OWED)
    # Earlier rungs are not sent again.
    assert set(an_old_home.listed("rungs").splitlines()) <= set(rungs.splitlines())
    assert auditing.verify().breaks == ()


def test_another_round_creates_no_duplicates_and_keeps_references(
    old_home: Path,
) -> None:
    before = {row["reference"]: row for row in as_listed("ledger")}

    for _ in range(2):
        _round(old_home)

    after = ledger()
    assert {reference: identity(row) for reference, row in after.items()} == {
        reference: identity(row) for reference, row in before.items()
    }
    # The drafts were handed over; every other status is unchanged.
    moved = {
        reference
        for reference, row in after.items()
        if row["status"] != before[reference]["status"]
    }
    assert moved == {ref for ref, row in before.items() if row["status"] == "drafted"}
    assert auditing.verify().breaks == ()


def test_a_corrected_form_closes_its_remediation(old_home: Path) -> None:
    before = ledger()
    small_submissions.send_again(
        old_home / "inbox" / "2025", {"3370405001": {"E87": "是"}}, called="再次更正"
    )

    _round(old_home)

    after = ledger()
    [rules_against_bullying] = [
        reference for reference, row in before.items() if identity(row) == ("L26", "3370405001", "")
    ]
    closed = {
        ref
        for ref, row in after.items()
        if (row["status"], before[ref]["status"]) == ("closed", "drafted")
    }
    assert closed == {rules_against_bullying}
    assert after.keys() == before.keys()
    assert auditing.verify().breaks == ()


def test_the_open_sign_off_can_be_answered() -> None:
    (number, status) = sign_offs()[0]
    assert status == "asked"
    asked = {row["reference"] for row in as_listed("sign-off")}
    assert asked

    answered = run("sign-off", "approve", "--by", "李四", "--on", NEXT_WORKDAY)

    assert answered.exit_code == 0, answered.stderr
    assert sign_offs()[0] == (number, "approved")
    after = ledger()
    assert {after[reference]["status"] for reference in asked} == {"handed_over"}
    assert auditing.verify().breaks == ()


def test_users_can_still_sign_in() -> None:
    now = datetime(2026, 1, 5, 1, tzinfo=UTC)

    assert users.import_file(now=now)

    assert sign_ins.sign_in(old_office.USER, old_office.PASSWORD, address="127.0.0.1", now=now)
