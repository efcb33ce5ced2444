"""Years without announced holidays: extensions, suspensions and chases still work."""

from datetime import date

from typer.testing import CliRunner

from app.cli.app import app
from junheng import bootstrap
from junheng.adapters import clock
from junheng.domain.ledger.lifecycle import Move
from junheng.domain.ledger.remediation import Act
from tasks.ledger import acts, lights
from tests.tasks.ledgers import REFERENCE, TUESDAY, act, hand_over, kept

FAR = date(2031, 3, 3)


def test_an_extension_until_2031_is_requested_and_granted() -> None:
    hand_over("R4")
    acts.act(
        REFERENCE, Act(Move.ASK_EXTENSION, "张三", TUESDAY, "新建校舍", until=FAR), now=clock.now()
    )

    granted = act(Move.GRANT_EXTENSION)

    assert granted.due_on == FAR
    shown = CliRunner().invoke(app, ["remediation", "show", REFERENCE, "--on", "2025-11-04"])
    assert shown.exit_code == 0


def test_a_suspension_of_years_is_lifted() -> None:
    due_on = hand_over().due_on
    act(Move.SUSPEND)

    resumed = act(Move.RESUME, on=date(2032, 3, 1))

    assert resumed.due_on.year == 2032 > due_on.year


def test_2_january_2030_is_chased_like_any_other_day() -> None:
    hand_over()

    chased = CliRunner().invoke(app, ["chase", "--on", "2030-01-02"])

    assert chased.exit_code == 0
    assert lights.of(kept(), bootstrap.rulebook(), date(2030, 1, 2)) is not None
