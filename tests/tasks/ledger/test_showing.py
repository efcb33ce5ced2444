"""`remediation show`: one remediation with its history, evidence and reminders."""

import csv
import shutil
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli.app import app
from junheng.adapters import clock
from junheng.domain.ledger.lifecycle import Cause, Move
from junheng.domain.ledger.remediation import Act
from tasks.ledger import acts
from tests.tasks import own_contacts
from tests.tasks.ledgers import REFERENCE, TUESDAY, WEDNESDAY, act, hand_over


def shown(*words: str) -> str:
    result = CliRunner(env={"COLUMNS": "200"}).invoke(
        app, ["remediation", "show", REFERENCE, "--on", "2025-11-05", *words]
    )
    assert result.exit_code == 0
    return result.stdout


def extended() -> None:
    hand_over()
    until = date(2026, 1, 15)
    asked = Act(Move.ASK_EXTENSION, "张三", TUESDAY, "流标", until=until)
    granted = Act(Move.GRANT_EXTENSION, "李四", WEDNESDAY, approved_by="分管副区长")
    acts.act_all(REFERENCE, (asked, granted), now=clock.now())


def test_the_history_shows_both_statuses_and_the_new_date() -> None:
    extended()

    output = shown()

    (headings,) = (line for line in output.splitlines() if "原状态" in line)
    assert "说明" in headings
    assert "申请延期至 2026-01-15" in output
    assert "期限延至 2026-01-15；批准人：分管副区长" in output


def test_future_rungs_show_their_posts_and_provisional_days(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    district = tmp_path / "district"
    shutil.copytree(own_contacts.SAMPLE, district)
    people = district / "contacts.yaml"
    contacts = people.read_text("utf-8").replace(
        "{units: [区教育局], name: 区教育局负责人, role: head}",
        "{units: [区教育局], name: 赵局长, role: head, chat: '@赵'}",
    )
    people.write_text(contacts + "  - {units: [领导小组], name: 钱区长, chat: '@钱'}\n", "utf-8")
    monkeypatch.setenv("JUNHENG_DISTRICT", str(district))
    hand_over(supporting=())
    until = date(2026, 12, 24)
    asked = Act(Move.ASK_EXTENSION, "张三", TUESDAY, "流标", until=until)
    granted = Act(Move.GRANT_EXTENSION, "李四", WEDNESDAY, approved_by="分管副区长")
    acts.act_all(REFERENCE, (asked, granted), now=clock.now())

    output = shown("--on", "2026-12-28")

    (escalated,) = (line for line in output.splitlines() if "督办" in line)
    (summons,) = (line for line in output.splitlines() if "约谈" in line)
    assert "2026-12-31" in escalated
    assert "区教育局联系人、赵局长、创建办联系人" in escalated
    assert "2027-01-08（暂定）" in summons
    assert "区教育局联系人、赵局长、创建办联系人、钱区长" in summons


def test_the_csv_of_the_history_has_columns_for_details() -> None:
    extended()
    act(Move.OVERRIDE_CLOSE, on=WEDNESDAY, cause=Cause.REAL_GAP)

    rows = list(csv.DictReader(StringIO(shown("--format", "csv"))))

    asked, granted, closed = rows[-3:]
    assert (asked["until"], granted["until"], closed["until"]) == ("2026-01-15",) * 2 + ("",)
    assert (granted["approved_by"], closed["cause"]) == ("分管副区长", "real_gap")
    assert '"became":{' in closed["details"]
