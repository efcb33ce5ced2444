"""`remediation show`: one remediation with everything that became of it."""

import csv
from datetime import date
from io import StringIO

from typer.testing import CliRunner

from flows.cli import app
from junheng.domain.lifecycle import Cause, Move
from junheng.domain.remediation import Act
from tasks import acting
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
    acting.act_all(REFERENCE, (asked, granted))


def test_the_history_says_from_which_status_to_which_and_the_new_date() -> None:
    extended()

    said = shown()

    (headings,) = (line for line in said.splitlines() if "原状态" in line)
    assert "说明" in headings
    assert "申请延期至 2026-01-15" in said
    assert "期限延至 2026-01-15；批准人：分管副区长" in said


def test_as_csv_the_history_has_what_was_said_in_columns_of_its_own() -> None:
    extended()
    act(Move.OVERRIDE_CLOSE, on=WEDNESDAY, cause=Cause.REAL_GAP)

    rows = list(csv.DictReader(StringIO(shown("--format", "csv"))))

    asked, granted, closed = rows[-3:]
    assert (asked["until"], granted["until"], closed["until"]) == ("2026-01-15",) * 2 + ("",)
    assert (granted["approved_by"], closed["cause"]) == ("分管副区长", "real_gap")
    assert '"became":{' in closed["details"]
