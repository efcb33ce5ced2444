"""What people did to the runs while nothing could be written waits, and is written later, once."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from junheng import bootstrap
from junheng.domain.operations.run_requests import Asked, Operation
from junheng.settings import Home
from junheng.store.database.read_only import DatabaseReadOnly
from tasks.operations import run_requests

NOW = datetime(2025, 11, 3, 1, tzinfo=UTC)


def write_down(operation: Operation, reason: str = "") -> None:
    run_requests.write_down(
        Asked(operation, run="r1", reason=reason),
        by="张三",
        request="POST /api/flow_runs/r1/set_state",
        work="annual-round",
        run="brave-tit",
        day=date(2025, 11, 3),
        now=NOW,
    )


def told() -> list[tuple[str, str, str, str]]:
    return [(one.by, one.operation.value, one.run, one.reason) for one in run_requests.done()]


@pytest.fixture
def read_only() -> Iterator[pytest.MonkeyPatch]:
    """Let the ledger be read only until it is undone."""
    run_requests.done()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bootstrap, "why_read_only", lambda: "现在只能查看")
        yield patch


@pytest.mark.parametrize("operation", ["retry", "cancel", "refused"])
def test_what_must_be_possible_meanwhile_is_written_later(
    read_only: pytest.MonkeyPatch, operation: str
) -> None:
    write_down(Operation(operation), "文件补齐了")

    with pytest.raises(DatabaseReadOnly):
        run_requests.write_down_waiting()
    read_only.undo()
    assert told() == []
    assert run_requests.write_down_waiting() == 1
    assert told() == [("张三", operation, "brave-tit", "文件补齐了")]
    assert run_requests.write_down_waiting() == 0


@pytest.mark.parametrize("operation", ["run", "timetable", "resume", "pause"])
def test_what_need_not_be_is_refused(read_only: pytest.MonkeyPatch, operation: str) -> None:
    with pytest.raises(DatabaseReadOnly):
        write_down(Operation(operation))


def test_whoever_dies_between_writing_and_saying_so_writes_nothing_twice(
    read_only: pytest.MonkeyPatch,
) -> None:
    write_down(Operation.RETRY)
    read_only.undo()
    [path] = (Home().home / "operations-waiting").iterdir()
    waiting = path.read_text("utf-8")
    run_requests.write_down_waiting()
    path.write_text(waiting, "utf-8")

    run_requests.write_down_waiting()

    assert len(told()) == 1
    assert not path.exists()


def test_a_file_that_nobody_can_read_keeps_no_other_waiting(
    read_only: pytest.MonkeyPatch,
) -> None:
    write_down(Operation.CANCEL)
    read_only.undo()
    folder = Home().home / "operations-waiting"
    (folder / "0.json").write_text("{", "utf-8")

    assert run_requests.write_down_waiting() == 1

    assert [path.name for path in folder.iterdir()] == ["0.unreadable"]
