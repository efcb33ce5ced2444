"""The person and the reason of a run started by hand are appended to the history, once."""

import json
from datetime import UTC, datetime

from junheng import bootstrap
from junheng.domain.history.hash_chain import Event, EventKind
from junheng.domain.operations.run_requests import Operation
from junheng.store import history
from tasks.history import auditing
from tasks.operations import run_requests

NOW = datetime(2025, 11, 3, 1, 30, tzinfo=UTC)
RUN = "0195f5a0-0000-7000-8000-000000000001"


def note(by: str, reason: str, run_id: str = RUN) -> None:
    run_requests.note_started(by, reason, work="recheck", run="brave-otter", run_id=run_id, now=NOW)


def noted() -> list[Event]:
    with bootstrap.session() as session:
        events = [linked.event for linked in history.whole(session, "370405")]
    return [event for event in events if event.kind == EventKind.OPERATED]


def test_person_reason_and_run_are_appended() -> None:
    note("李某", "区财政局更正了报表")

    (event,) = noted()
    assert (event.by, event.reason, event.day) == ("李某", "区财政局更正了报表", "2025-11-03")
    assert json.loads(event.details)["run"] == RUN
    (done,) = run_requests.done()
    assert (done.operation, done.run, done.work) == (Operation.BEGUN, "brave-otter", "recheck")
    assert not auditing.verify().breaks


def test_a_retry_appends_nothing_and_another_run_does() -> None:
    note("李某", "")
    note("李某", "")
    note("李某", "", "0195f5a0-0000-7000-8000-000000000002")

    assert len(noted()) == 2


def test_a_reason_without_a_name_is_appended_as_unnamed() -> None:
    note("", "补办")

    assert [event.by for event in noted()] == ["没有写明"]


def test_a_scheduled_run_is_not_appended() -> None:
    note(" ", "")

    assert not noted()
