"""Deployed flows: the process holds the lock of its run, and hooks alert operators."""

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from prefect import flow
from prefect.states import Failed

from app.server.run_watch import Seen, look_once
from flows.annual_round import annual_round
from flows.nightly_audit import nightly_audit
from junheng import bootstrap
from junheng.adapters import clock, run_locks
from junheng.settings import PROJECT_ROOT, Home
from tasks.steps import hooks
from tasks.steps.hooks import RUN_ID
from tests.deployed_runs import Run, deployed
from tests.fakes import FakeSlack
from tests.flows.retrying import Retried
from tests.tasks.chase.test_alarms import on_duty

RUN = "0195f5a0-0000-7000-8000-000000000001"
IMPORTED = "import flows.nightly_audit; print('there', flush=True); input()"


class TestLock:
    @pytest.mark.parametrize(
        ("words", "is_held"), [((), True), (("hook", "crashed"), False)], ids=["run", "its hooks"]
    )
    def test_is_held_by_the_process_that_imports_a_flow_to_run_it(
        self, junheng_home: Path, words: tuple[str, ...], is_held: bool
    ) -> None:
        with subprocess.Popen(
            [sys.executable, "-c", IMPORTED, *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=PROJECT_ROOT,
            env=os.environ | {RUN_ID: RUN},
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"there\n"

            assert run_locks.is_held(Home().running_folder, RUN) == is_held
            process.kill()

        assert not run_locks.is_held(Home().running_folder, RUN)


@pytest.fixture
def slack(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeSlack]:
    with FakeSlack() as slack:
        on_duty(slack, monkeypatch)
        yield slack


@pytest.fixture
def run(prefect_server: None) -> Iterator[Run]:
    with deployed() as (client, deployment):
        yield Run.of(client, deployment)


def fail(run: Run) -> bool:
    return run.carried_out(annual_round, year=2025, folder="no-such-folder").is_failed()


class TestHook:
    def test_sends_an_alarm_when_a_run_fails(self, run: Run, slack: FakeSlack) -> None:
        assert fail(run)

        (message,) = slack.messages
        assert "停在“收取报送”这一步" in message["text"]

    def test_sends_no_alarm_before_the_last_retry_of_a_flow(
        self, run: Run, slack: FakeSlack
    ) -> None:
        tries: list[int] = []

        @hooks.watched
        @flow(name="annual-round", retries=1)
        def tried() -> None:
            tries.append(len(slack.messages))
            if len(tries) < 2:
                raise ValueError("x")

        assert run.carried_out(tried).is_completed()

        assert tries == [0, 0]
        assert not slack.messages

    def test_leaves_an_alarm_that_cannot_be_sent_to_the_watch(
        self, run: Run, slack: FakeSlack, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        with monkeypatch.context() as broken:
            broken.setenv("JUNHENG_CONFIG", str(tmp_path / "nowhere"))
            assert fail(run)
        assert not slack.messages

        look_once(Seen(), now=clock.now())

        assert len(slack.messages) == 1

    @pytest.mark.sqlite_file
    def test_does_not_delay_the_end_of_a_run_while_the_ledger_is_locked(
        self,
        run: Run,
        slack: FakeSlack,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        monkeypatch.setattr(hooks, "LONGEST_SECONDS", 2)
        with bootstrap.session():
            pass  # creates the tables
        failed = run.begun().set(Failed(message="没有这个文件夹")).now
        assert failed.state is not None
        path = bootstrap.settings().database.removeprefix("sqlite:///")
        with closing(sqlite3.connect(path, isolation_level=None)) as writer:
            writer.execute("BEGIN IMMEDIATE")

            hooks.tell_operators(annual_round, failed, failed.state)

            assert not slack.messages
            assert (
                "还没有告知值班人员（告知值班人员的时间太长）；服务端会接着告知" in caplog.messages
            )
            writer.execute("ROLLBACK")
        # Its thread continues as long as the process.
        deadline = time.monotonic() + 60
        while not slack.messages and time.monotonic() < deadline:
            time.sleep(0.1)
        assert len(slack.messages) == 1


def test_the_nightly_audit_deletes_old_locks_and_marks(
    prefect_server: None, junheng_home: Path
) -> None:
    chosen = bootstrap.settings()
    kept = [chosen.running_folder / "new", chosen.told_folder / "new"]
    for path in (*kept, chosen.running_folder / "old", chosen.told_folder / "old"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        if path.name == "old":
            os.utime(path, (0, 0))

    assert Retried(nightly_audit).run().is_completed()

    left = [*chosen.running_folder.iterdir(), *chosen.told_folder.iterdir()]
    assert left == kept
