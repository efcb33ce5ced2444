"""`ledger --waiting`: the remediations that wait for the office."""

import csv
from datetime import date
from io import StringIO

from typer.testing import CliRunner, Result

from app.cli.app import app
from junheng.adapters import clock
from junheng.domain.ledger.lifecycle import Move
from junheng.domain.ledger.remediation import Act
from tasks.ledger import acts
from tests.tasks.ledgers import REFERENCE, TUESDAY, hand_over


def run(*words: str) -> Result:
    return CliRunner(env={"COLUMNS": "200"}).invoke(app, words)


def asked_for_time() -> None:
    hand_over()
    until = date(2026, 1, 15)
    acts.act(
        REFERENCE, Act(Move.ASK_EXTENSION, "张三", TUESDAY, "流标", until=until), now=clock.now()
    )


def test_lists_each_waiting_remediation_with_its_reason() -> None:
    asked_for_time()

    result = run("ledger", "--waiting", "--format", "csv", "--on", "2025-11-05")

    (row,) = csv.DictReader(StringIO(result.stdout))
    assert (row["reference"], row["waiting"], row["day"]) == (REFERENCE, "extension", "2026-01-15")


def test_the_table_says_what_to_do() -> None:
    asked_for_time()

    assert "答复延期申请" in run("ledger", "--waiting", "--on", "2025-11-05").stdout


def test_a_remediation_with_a_unit_is_not_listed() -> None:
    hand_over()

    result = run("ledger", "--waiting", "--format", "csv", "--on", "2025-11-05")

    assert list(csv.DictReader(StringIO(result.stdout))) == []


def test_an_extension_beyond_2100_is_refused() -> None:
    hand_over()

    result = run(
        *("remediation", "extend", REFERENCE, "--until", "9999-12-31"),
        "--by",
        "张三",
        "--reason",
        "无",
    )

    assert result.exit_code == 2
    assert "2100" in result.stderr
