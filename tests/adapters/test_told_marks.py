"""A mark of what was told without a database: made by one, taken back, forgotten at last."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from junheng.adapters import told_marks
from junheng.adapters.files.pages import NotWritten

ABOUT = "run:0195f5a0-0000-7000-8000-000000000001:0195f5a0-0000-7000-8000-000000000002"


def test_is_made_once(tmp_path: Path) -> None:
    assert [told_marks.make(tmp_path / "told", ABOUT) for _ in range(2)] == [True, False]
    assert told_marks.is_there(tmp_path / "told", ABOUT)


def test_that_is_taken_back_can_be_made_again(tmp_path: Path) -> None:
    told_marks.make(tmp_path, ABOUT)

    told_marks.drop(tmp_path, ABOUT)

    assert not told_marks.is_there(tmp_path, ABOUT)
    assert told_marks.make(tmp_path, ABOUT)


def test_that_cannot_be_made_is_said_clearly(tmp_path: Path) -> None:
    (tmp_path / "told").write_text("", "utf-8")

    with pytest.raises(NotWritten, match="told"):
        told_marks.make(tmp_path / "told", ABOUT)


def test_is_forgotten_after_a_month(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    told_marks.make(tmp_path, ABOUT)

    told_marks.forget_old(tmp_path, now=now)
    assert told_marks.is_there(tmp_path, ABOUT)

    told_marks.forget_old(tmp_path, now=now + told_marks.KEPT_FOR + timedelta(minutes=1))
    assert not told_marks.is_there(tmp_path, ABOUT)
