"""A new calendar file moves provisional due dates, once and recorded in the history."""

import shutil
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli.app import app
from junheng.adapters import clock
from junheng.domain.ledger.lifecycle import Move
from junheng.domain.ledger.remediation import Act
from junheng.settings import PROJECT_ROOT
from tasks.chase import cards as chasing
from tasks.history import auditing
from tasks.ledger import acts, due_date_changes
from tests.tasks.ledgers import REFERENCE, act, events, hand_over, kept

# Invented for the test: Monday 4 January 2027 is a holiday, unlike in the provisional calendar.
NOTICE = """\
year: 2027
notice: 国务院办公厅关于2027年部分节假日安排的通知（国办发明电〔2026〕99号）
holidays:
  - {day: 2027-01-01, name: 元旦}
  - {day: 2027-01-04, name: 元旦}
makeup_days: []
"""
RESUMED, NOTICED = date(2026, 12, 14), date(2026, 12, 28)


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    copy = tmp_path / "config"
    shutil.copytree(PROJECT_ROOT / "config", copy)
    monkeypatch.setenv("JUNHENG_CONFIG", str(copy))
    return copy


def due_in_2027() -> date:
    """Suspend the day after the hand-over, resume a year later: due on 8 January 2027."""
    hand_over()
    act(Move.SUSPEND)
    return act(Move.RESUME, on=RESUMED).due_on


def arrive(config: Path) -> None:
    (config / "calendar" / "2027.yaml").write_text(NOTICE, "utf-8")


def cards_of(day: date) -> list[str]:
    cards: list[str] = []
    chasing.owe_cards(day, clock=clock.now)
    chasing.send_cards(show=cards.append, clock=clock.now)
    return cards


def test_without_a_new_calendar_no_due_date_moves() -> None:
    due_in_2027()

    assert due_date_changes.reproject(NOTICED, now=clock.now()) == 0


def test_a_due_date_moves_once_and_is_recorded(config: Path) -> None:
    due = due_in_2027()
    arrive(config)

    assert [
        due_date_changes.reproject(NOTICED, now=clock.now()),
        due_date_changes.reproject(NOTICED, now=clock.now()),
    ] == [1, 0]

    assert (due, kept().due_on) == (date(2027, 1, 11), date(2027, 1, 12))
    assert events()[-1].move == "reproject"
    assert auditing.verify().breaks == ()


def test_the_affected_units_are_notified_once(config: Path) -> None:
    due_in_2027()
    cards_of(date(2026, 12, 15))
    arrive(config)
    due_date_changes.reproject(NOTICED, now=clock.now())

    sentence = "期限按公布的节假日调整"
    assert sum(sentence in text for text in cards_of(NOTICED)) == len({"区教育局", "区财政局"})
    assert not any(sentence in text for text in cards_of(date(2026, 12, 29)))


def test_an_extension_until_a_given_date_does_not_move(config: Path) -> None:
    due_in_2027()
    until = date(2027, 3, 1)
    acts.act(
        REFERENCE, Act(Move.ASK_EXTENSION, "张三", RESUMED, "流标", until=until), now=clock.now()
    )
    act(Move.GRANT_EXTENSION, on=RESUMED)
    arrive(config)

    assert due_date_changes.reproject(NOTICED, now=clock.now()) == 0
    assert kept().due_on == until


def test_a_provisional_date_is_shown_as_provisional() -> None:
    due_in_2027()

    shown = CliRunner().invoke(app, ["remediation", "show", REFERENCE, "--on", "2026-12-14"])

    assert "2027-01-11（暂定）" in shown.stdout


def test_chase_prints_how_many_due_dates_moved(config: Path) -> None:
    due_in_2027()
    arrive(config)

    chased = CliRunner().invoke(app, ["chase", "--on", NOTICED.isoformat()])

    assert "期限按公布的节假日调整 1 项。" in chased.stderr
