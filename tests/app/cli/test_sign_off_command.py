"""`junheng sign-off`: lists, shows and answers sign-offs."""

import csv
from io import StringIO
from pathlib import Path

from typer.testing import CliRunner, Result

from app.cli.app import app
from junheng.domain.ledger.lifecycle import Status
from tests.tasks import drafts
from tests.tasks.drafts import FIRST, SECOND, THIRD, asked_for_three


def run(*words: str) -> Result:
    return CliRunner(env={"COLUMNS": "200"}).invoke(app, ("sign-off", *words))


def test_list_has_each_sign_off_with_its_status() -> None:
    asked_for_three()

    result = run("list", "--format", "csv")

    (row,) = csv.DictReader(StringIO(result.stdout))
    assert (row["number"], row["status"], row["remediations"]) == ("1", "asked", "3")
    assert row["decide_by"] == "2025-11-10"
    assert "待签批" in run("list").stdout


def test_show_has_the_drafts_to_hand_over() -> None:
    asked_for_three()

    result = run("show", "--on", "2025-11-04")

    assert "第1号签批单（2025年）：拟交办3项，涉及3个牵头单位" in result.stdout
    assert FIRST in result.stdout
    listed = csv.DictReader(StringIO(run("show", "1", "--format", "csv").stdout))
    assert {row["status"] for row in listed} == {"drafted"}


def test_approve_hands_over_and_sends_cards(junheng_home: Path) -> None:
    asked_for_three()

    left_out = ("--leave-out", f"{SECOND}=学校年底撤并")
    result = run("approve", "--by", "张三", *left_out, "--on", "2025-11-04")

    assert result.exit_code == 0
    assert "第1号签批单：张三同意，交办2项，暂不交办1项" in result.stderr
    assert drafts.statuses() == {
        FIRST: Status.HANDED_OVER,
        SECOND: Status.DRAFTED,
        THIRD: Status.HANDED_OVER,
    }
    assert len(list((junheng_home / "outbox").rglob("*.txt"))) == 2


def test_decline_sends_nothing(junheng_home: Path) -> None:
    asked_for_three()

    result = run("decline", "--by", "张三", "--reason", "数据要再核", "--on", "2025-11-04")

    assert "张三不同意，一项也不交办，理由：数据要再核" in result.stderr
    assert set(drafts.statuses().values()) == {Status.DRAFTED}
    assert not (junheng_home / "outbox").exists()


def test_a_second_answer_is_refused_in_one_line() -> None:
    asked_for_three()
    run("approve", "--by", "张三", "--on", "2025-11-04")

    result = run("decline", "--by", "李四", "--reason", "无", "--on", "2025-11-05")

    assert result.exit_code == 2
    assert result.stderr.startswith("第1号签批单已由张三于2025-11-04同意，不能再改")


def test_leave_out_requires_a_reason() -> None:
    asked_for_three()

    result = run("approve", "--by", "张三", "--leave-out", FIRST, "--on", "2025-11-04")

    assert result.exit_code == 2
    assert f"{FIRST} 暂不交办，必须写明理由" in result.stderr
