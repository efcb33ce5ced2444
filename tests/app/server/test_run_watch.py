"""The watch marks only dead runs, and sends the alarms that hooks did not send."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from prefect import get_client
from prefect.client.schemas.objects import State
from prefect.settings import get_current_settings
from prefect.states import Cancelling, Completed, Crashed, Failed, Paused, Pending, Running

from app.server import run_watch
from app.server.run_watch import Seen, look_once
from flows.nightly_audit import nightly_audit
from junheng import bootstrap, wording
from junheng.adapters import clock
from junheng.domain.operations.run_requests import Asked, Operation
from junheng.settings import PROJECT_ROOT, Home
from junheng.store.database.failures import DatabaseUnusable
from tasks.operations import run_requests
from tasks.steps import failure_kinds
from tests.deployed_runs import Run, deployed
from tests.fakes import FakeSlack
from tests.lock_holder import holding
from tests.tasks.chase.test_alarms import on_duty, status_of

pytestmark = pytest.mark.usefixtures("prefect_server")
WORDS = wording.packaged().run_watch
SEND_ALARM = """
import sys
from uuid import UUID
from prefect.client.orchestration import get_client
from junheng.adapters import clock
from tasks.steps import lost_runs
with get_client(sync_client=True) as client:
    print("ready", flush=True)
    sys.stdin.read(1)
    lost_runs.tell(client, UUID(sys.argv[1]), clock=clock.now)
"""


@pytest.fixture
def slack(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeSlack]:
    with FakeSlack() as slack:
        on_duty(slack, monkeypatch)
        yield slack


@pytest.fixture
def run(prefect_server: None) -> Iterator[Run]:
    with deployed() as (client, deployment):
        yield Run.of(client, deployment)


def look(times: int = 2, *, after: float = 0, seen: Seen | None = None) -> None:
    """Look `times` times, `after` seconds from now."""
    now = datetime.now(UTC) + timedelta(seconds=after)
    memory = seen or Seen()
    for _ in range(times):
        look_once(memory, now=now)


def texts(slack: FakeSlack) -> list[str]:
    return [str(message["text"]) for message in slack.messages]


class TestARunWithoutAProcess:
    @pytest.mark.parametrize(
        ("state", "after", "becomes", "message"),
        [
            (Running(), 0, "CRASHED", WORDS.gone),
            (Pending(), 111, "CRASHED", WORDS.never_began),
            (Cancelling(), 61, "CANCELLED", WORDS.cancelled),
        ],
        ids=["running", "pending", "cancelling"],
    )
    def test_is_marked_at_the_second_look(
        self, run: Run, state: State, after: float, becomes: str, message: str
    ) -> None:
        run.begun().set(state)
        seen = Seen()
        before = run.state

        look(1, after=after, seen=seen)
        at_first = run.state
        look(1, after=after, seen=seen)

        assert (at_first, run.state) == (before, becomes)
        assert run.now.state is not None
        assert run.now.state.message == message

    @pytest.mark.parametrize(
        ("state", "after"),
        [
            (Pending(), 109),
            (Cancelling(), 59),
            (Paused(timeout_seconds=600), 600),
            (Completed(), 600),
        ],
        ids=["pending", "cancelling", "paused", "completed"],
    )
    def test_is_ignored_in_its_grace_period(self, run: Run, state: State, after: float) -> None:
        run.begun().set(state)
        before = run.state

        look(3, after=after)

        assert run.state == before

    def test_is_ignored_without_a_deployment(self) -> None:
        with get_client(sync_client=True) as client:
            alone = Run(client, client.create_flow_run(nightly_audit, state=Running()).id)

            look()

            assert alone.state == "RUNNING"

    def test_is_not_marked_if_it_was_retried_between_two_looks(self, run: Run) -> None:
        run.begun()
        seen = Seen()
        look(1, seen=seen)
        run.set(Crashed(message="退出码-9")).retried()

        look(1, seen=seen)

        assert run.state == "RUNNING"

    def test_is_marked_with_one_alarm(self, run: Run, slack: FakeSlack) -> None:
        run.begun()

        look(4)

        (text,) = texts(slack)
        assert "年度监测中断了" in text
        assert f"原因：{WORDS.gone.rstrip('。')}。" in text


class TestARunWhoseProcessLives:
    @pytest.mark.parametrize("state", [Running(), Pending(), Cancelling()], ids=str)
    def test_is_never_marked(self, run: Run, state: State) -> None:
        run.begun().set(state)
        before = run.state

        with holding(Home().running_folder, str(run.id)):
            look(3, after=600)

        assert run.state == before

    def test_is_not_marked_if_the_lock_is_taken_at_the_last_moment(self, run: Run) -> None:
        run.begun()
        state = run.now.state_id
        assert state is not None
        with holding(Home().running_folder, str(run.id)):
            run_watch._mark(run.client, run.id, state, datetime.now(UTC))

        assert run.state == "RUNNING"

    def test_is_not_marked_if_its_state_changes_at_the_last_moment(self, run: Run) -> None:
        seen = run.begun().now.state_id
        assert seen is not None
        run.set(Crashed(message="退出码-9")).retried()

        run_watch._mark(run.client, run.id, seen, datetime.now(UTC))

        assert run.state == "RUNNING"

    def test_sends_no_alarm_if_a_user_marked_it_as_crashed(
        self, run: Run, slack: FakeSlack
    ) -> None:
        with holding(Home().running_folder, str(run.id)):
            run.begun().set(Crashed(message="由人记为中断"))
            look(3)
        assert texts(slack) == []

        # Now its process has ended, and it is still crashed.
        look(1)

        assert len(texts(slack)) == 1

    def test_is_marked_after_it_is_killed(self, run: Run) -> None:
        run.begun()
        with holding(Home().running_folder, str(run.id)) as (process, _):
            look()
            process.kill()
            process.wait()

        look()

        assert run.state == "CRASHED"


class TestAFailure:
    def test_without_an_alarm_gets_one(self, run: Run, slack: FakeSlack) -> None:
        run.begun().set(Failed(message="没有这个文件夹"))

        look(1)

        assert ["没有这个文件夹" in text for text in texts(slack)] == [True]

    def test_of_the_day_before_yesterday_gets_no_alarm(self, run: Run, slack: FakeSlack) -> None:
        run.begun().set(Failed(message="没有这个文件夹"))

        look(1, after=25 * 60 * 60)

        assert texts(slack) == []

    def test_gets_one_alarm_from_two_concurrent_processes(self, run: Run, slack: FakeSlack) -> None:
        run.begun().set(Failed(message="没有这个文件夹"))
        api = str(get_current_settings().api.url)
        senders = [
            subprocess.Popen(
                [sys.executable, "-c", SEND_ALARM, str(run.id)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                cwd=PROJECT_ROOT,
                env=os.environ | {"PREFECT_API_URL": api},
            )
            for _ in range(2)
        ]
        for sender in senders:
            assert sender.stdout is not None
            assert sender.stdout.readline() == b"ready\n"

        for sender in senders:
            assert sender.stdin is not None
            sender.stdin.write(b"\n")
            sender.stdin.flush()
        look(1)
        exit_codes = [sender.wait(60) for sender in senders]
        for sender in senders:
            sender.communicate()

        assert exit_codes == [0, 0]
        assert len(texts(slack)) == 1

    def test_gets_one_alarm_while_the_ledger_is_read_only(
        self, run: Run, slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(bootstrap, "why_read_only", lambda: "只能查看")
        run.begun()

        look(3)
        look(1)

        assert run.state == "CRASHED"
        assert len(texts(slack)) == 1

    def test_gets_an_alarm_while_the_ledger_is_down(
        self, run: Run, slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("JUNHENG_DATABASE_URL", "postgresql://127.0.0.1:9/junheng")
        run.begun()
        seen = Seen()

        for minute in range(3):
            # The unsent alarms cannot be read.
            with pytest.raises(DatabaseUnusable, match="连不上"):
                look(1, seen=seen, after=61 * minute)

        assert run.state == "CRASHED"
        assert len(texts(slack)) == 1


class TestAnUnsentAlarm:
    @pytest.fixture
    def slack(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeSlack]:
        with FakeSlack("channel_not_found", "channel_not_found") as slack:
            on_duty(slack, monkeypatch)
            yield slack

    def test_is_retried_once_a_minute_until_chat_accepts_it(
        self, run: Run, slack: FakeSlack
    ) -> None:
        run.begun().set(Failed(message="没有这个文件夹"))
        seen = Seen(owed_tried_at=datetime.now(UTC))

        look(3, seen=seen)
        tried = slack.calls.count("chat.postMessage")
        for seconds in (61, 122, 183):
            look(2, seen=seen, after=seconds)

        assert tried == 1
        assert slack.calls.count("chat.postMessage") == 3
        assert len(texts(slack)) == 1

    def test_is_withdrawn_if_the_run_was_retried_meanwhile(
        self, run: Run, slack: FakeSlack
    ) -> None:
        run.begun().set(Failed(message="没有这个文件夹"))
        failure = failure_kinds.of(run.client, run.id)
        assert failure is not None
        look(1, seen=Seen(owed_tried_at=datetime.now(UTC)))

        with holding(Home().running_folder, str(run.retried().id)):
            look(1)

        assert texts(slack) == []
        assert status_of(failure.about) == "withdrawn"


def test_a_look_writes_the_operations_that_could_not_be_written_earlier(
    prefect_server: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = Asked(Operation.CANCEL, run="r1")
    run_requests.done()
    with monkeypatch.context() as patch:
        patch.setattr(bootstrap, "why_read_only", lambda: "现在只能查看")
        run_requests.write_down(
            asked, by="张三", request="", work="", run="", day=date(2025, 11, 3), now=clock.now()
        )

    run_watch.look_now(Seen())

    assert [entry.by for entry in run_requests.done()] == ["张三"]
