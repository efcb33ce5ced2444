"""Operations on runs while the database is read-only wait in files and are appended once, later."""

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


def appended() -> list[tuple[str, str, str, str]]:
    return [(done.by, done.operation.value, done.run, done.reason) for done in run_requests.done()]


@pytest.fixture
def read_only() -> Iterator[pytest.MonkeyPatch]:
    """Make the ledger read-only until the patch is undone."""
    run_requests.done()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bootstrap, "why_read_only", lambda: "现在只能查看")
        yield patch


@pytest.mark.parametrize("operation", ["retry", "cancel", "refused"])
def test_an_operation_that_must_be_possible_is_appended_later(
    read_only: pytest.MonkeyPatch, operation: str
) -> None:
    write_down(Operation(operation), "文件补齐了")

    with pytest.raises(DatabaseReadOnly):
        run_requests.write_down_waiting()
    read_only.undo()
    assert appended() == []
    assert run_requests.write_down_waiting() == 1
    assert appended() == [("张三", operation, "brave-tit", "文件补齐了")]
    assert run_requests.write_down_waiting() == 0


@pytest.mark.parametrize("operation", ["run", "timetable", "resume", "pause"])
def test_other_operations_are_refused(read_only: pytest.MonkeyPatch, operation: str) -> None:
    with pytest.raises(DatabaseReadOnly):
        write_down(Operation(operation))


def test_a_process_killed_before_it_deletes_the_file_appends_nothing_twice(
    read_only: pytest.MonkeyPatch,
) -> None:
    write_down(Operation.RETRY)
    read_only.undo()
    [path] = (Home().home / "operations-waiting").iterdir()
    waiting = path.read_text("utf-8")
    run_requests.write_down_waiting()
    path.write_text(waiting, "utf-8")

    run_requests.write_down_waiting()

    assert len(appended()) == 1
    assert not path.exists()


def test_an_unreadable_file_does_not_block_the_others(
    read_only: pytest.MonkeyPatch,
) -> None:
    write_down(Operation.CANCEL)
    read_only.undo()
    folder = Home().home / "operations-waiting"
    (folder / "0.json").write_text("{", "utf-8")

    assert run_requests.write_down_waiting() == 1

    assert [path.name for path in folder.iterdir()] == ["0.unreadable"]
