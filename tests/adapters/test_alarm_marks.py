"""Marks of alarms sent without a database: created once, dropped, deleted when old."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from junheng.adapters import alarm_marks
from junheng.adapters.files.pages import NotWritten

ABOUT = "run:0195f5a0-0000-7000-8000-000000000001:0195f5a0-0000-7000-8000-000000000002"


def test_a_mark_is_created_once(tmp_path: Path) -> None:
    assert [alarm_marks.make(tmp_path / "told", ABOUT) for _ in range(2)] == [True, False]
    assert alarm_marks.is_there(tmp_path / "told", ABOUT)


def test_a_dropped_mark_can_be_created_again(tmp_path: Path) -> None:
    alarm_marks.make(tmp_path, ABOUT)

    alarm_marks.drop(tmp_path, ABOUT)

    assert not alarm_marks.is_there(tmp_path, ABOUT)
    assert alarm_marks.make(tmp_path, ABOUT)


def test_a_mark_that_cannot_be_created_raises_not_written(tmp_path: Path) -> None:
    (tmp_path / "told").write_text("", "utf-8")

    with pytest.raises(NotWritten, match="told"):
        alarm_marks.make(tmp_path / "told", ABOUT)


def test_a_mark_is_deleted_after_thirty_days(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    alarm_marks.make(tmp_path, ABOUT)

    alarm_marks.forget_old(tmp_path, now=now)
    assert alarm_marks.is_there(tmp_path, ABOUT)

    alarm_marks.forget_old(tmp_path, now=now + alarm_marks.KEPT_FOR + timedelta(minutes=1))
    assert not alarm_marks.is_there(tmp_path, ABOUT)
