"""Text files to which several processes append unique lines."""

from pathlib import Path

import pytest

from junheng.adapters.files import line_lists
from junheng.adapters.files.pages import NotWritten


def test_a_line_is_added_once(tmp_path: Path) -> None:
    for line in ("一", "二", "一"):
        line_lists.add(tmp_path / "outbox" / "alarms.txt", line)

    assert (tmp_path / "outbox" / "alarms.txt").read_text("utf-8") == "一\n二\n"


def test_a_line_is_added_after_the_half_line_of_a_killed_process(tmp_path: Path) -> None:
    (tmp_path / "alarms.txt").write_text("一\n二", "utf-8")

    line_lists.add(tmp_path / "alarms.txt", "三")

    assert (tmp_path / "alarms.txt").read_text("utf-8") == "一\n二\n三\n"


def test_a_list_that_cannot_be_written_raises_not_written(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("", "utf-8")

    with pytest.raises(NotWritten, match=r"alarms\.txt"):
        line_lists.add(tmp_path / "outbox" / "alarms.txt", "一")
