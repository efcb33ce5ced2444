"""A judged year with the two-step sign-off, compared with the command that signs at once."""

from datetime import date
from pathlib import Path

import pytest

from junheng import bootstrap
from junheng.adapters import clock
from junheng.domain.ledger.lifecycle import Status
from junheng.domain.ledger.sign_offs import Answer, Change
from junheng.domain.ledger.sign_offs import Status as Stands
from junheng.store import remediations
from tasks.history import auditing
from tasks.ledger import remediation, sign_off_items, sign_offs
from tests import databases
from tests.tasks.drafts import DISTRICT

MONDAY, TUESDAY = date(2025, 10, 20), date(2025, 10, 21)


@pytest.fixture(autouse=True)
def _judged(judged_2025: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    databases.copy_home(judged_2025, tmp_path / "home")
    databases.move_in(tmp_path / "home", monkeypatch)


def statuses() -> set[Status]:
    with bootstrap.session() as session:
        return {item.status for item in remediations.ledger(session, DISTRICT)}


def test_drafting_and_asking_hands_nothing_over() -> None:
    settled = remediation.draft(year=2025, today=MONDAY, now=clock.now())
    asked = sign_offs.ask(year=2025, today=MONDAY, now=clock.now())

    assert statuses() == {Status.DRAFTED}
    assert asked is not None
    assert len(asked.drafts) == settled.opened == 244
    assert "拟交办 244 项" in remediation.drafted_sentence(settled)
    assert "拟交办244项，请于2025-10-27前签批" in sign_offs.asking(asked)


def test_drafting_and_asking_twice_changes_nothing() -> None:
    remediation.draft(year=2025, today=MONDAY, now=clock.now())
    asked = sign_offs.ask(year=2025, today=MONDAY, now=clock.now())

    again = remediation.draft(year=2025, today=TUESDAY, now=clock.now())

    assert again.opened == 0
    assert sign_offs.ask(year=2025, today=TUESDAY, now=clock.now()) == asked


def test_drafting_and_approving_gives_the_same_ledger_as_the_command() -> None:
    remediation.draft(year=2025, today=MONDAY, now=clock.now())
    sign_offs.ask(year=2025, today=MONDAY, now=clock.now())

    sign_offs.answer(None, Answer(Change.APPROVE, "张三"), on=MONDAY, now=clock.now())

    in_halves = ledger()
    assert statuses() == {Status.HANDED_OVER}
    settled = remediation.remediate(year=2025, today=TUESDAY, by="张三", now=clock.now())
    assert (settled.opened, ledger()) == (0, in_halves)


def test_the_command_signs_and_supersedes_an_open_request() -> None:
    remediation.draft(year=2025, today=MONDAY, now=clock.now())
    sign_offs.ask(year=2025, today=MONDAY, now=clock.now())

    remediation.remediate(year=2025, today=TUESDAY, by="李四", now=clock.now())

    assert statuses() == {Status.HANDED_OVER}
    (sign_off,) = sign_off_items.listing()
    assert (sign_off.status, sign_off.decided_by) == (Stands.SUPERSEDED, "李四")
    assert auditing.verify().breaks == ()


def ledger() -> list[tuple[str, str, date, date]]:
    with bootstrap.session() as session:
        kept = remediations.ledger(session, DISTRICT)
    return [(item.reference, item.lead, item.opened_on, item.due_on) for item in kept]
