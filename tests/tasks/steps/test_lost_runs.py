"""Alarms about failed and crashed runs: one for each failure, with cause and what to do."""

from collections.abc import Iterator
from datetime import date
from functools import partial
from uuid import UUID

import pytest
from prefect import get_client
from prefect.client.schemas.filters import LogFilter, LogFilterFlowRunId
from prefect.client.schemas.objects import State
from prefect.states import AwaitingRetry, Cancelled, Completed, Crashed, Failed

from flows.annual_round import annual_round
from flows.nightly_audit import nightly_audit
from junheng import bootstrap
from junheng.adapters import clock
from junheng.domain.office_days import OFFICE_ZONE
from junheng.store import alarms as store
from tasks.chase import alarms
from tasks.steps import failure_kinds, lost_runs
from tests.deployed_runs import HOURLY, Run, deployed
from tests.fakes import FakeSlack
from tests.tasks.chase.test_alarms import DISTRICT, on_duty, status_of

TUESDAY = date(2025, 11, 4)
KILLED = "Process exited with status code: -9. Process exited due to a SIGKILL signal."

pytestmark = pytest.mark.usefixtures("prefect_server")


@pytest.fixture
def slack(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeSlack]:
    with FakeSlack() as slack:
        on_duty(slack, monkeypatch)
        yield slack


@pytest.fixture
def run(prefect_server: None) -> Iterator[Run]:
    with deployed() as (client, deployment):
        yield Run.of(client, deployment).begun()


def tell(run: Run) -> bool:
    return lost_runs.tell(run.client, run.id, clock=clock.now)


def texts(slack: FakeSlack) -> list[str]:
    return [str(message["text"]) for message in slack.messages]


def about(run: Run) -> str:
    failure = failure_kinds.of(run.client, run.id)
    assert failure is not None
    return failure.about


class TestOnce:
    def test_a_second_call_sends_no_second_alarm(self, run: Run, slack: FakeSlack) -> None:
        run.set(Failed(message="没有这个文件夹：inbox/2025"))

        assert tell(run)
        assert tell(run)

        assert len(texts(slack)) == 1

    def test_a_crash_also_reported_by_the_worker_has_one_alarm(
        self, run: Run, slack: FakeSlack
    ) -> None:
        run.set(Crashed(message="收到了结束的信号"))
        tell(run)

        run.set(Crashed(message=KILLED))
        tell(run)

        assert len(texts(slack)) == 1

    def test_a_second_failure_after_a_retry_has_a_second_alarm(
        self, run: Run, slack: FakeSlack
    ) -> None:
        run.set(Failed(message="没有这个文件夹"))
        tell(run)

        run.retried().set(Failed(message="磁盘已满"))
        tell(run)

        assert ["没有这个文件夹" in texts(slack)[0], "磁盘已满" in texts(slack)[1]] == [True, True]
        assert len(texts(slack)) == 2

    def test_an_alarm_sent_by_an_earlier_version_is_not_repeated(
        self, run: Run, slack: FakeSlack
    ) -> None:
        run.set(Failed(message="没有这个文件夹"))
        with bootstrap.session() as session:
            store.put_up(
                session, DISTRICT, f"run:{run.id}", text="说过了", day=TUESDAY, is_owed=False
            )
        tell(run)
        assert texts(slack) == []

        # Earlier versions sent an alarm about the first failure only.
        run.retried().set(Failed(message="磁盘已满"))
        tell(run)

        assert len(texts(slack)) == 1


class TestNoAlarm:
    @pytest.mark.parametrize("healed", [Completed(), AwaitingRetry(), Cancelled()], ids=str)
    def test_for_a_run_that_completed_or_continues(
        self, run: Run, slack: FakeSlack, healed: State
    ) -> None:
        run.set(Failed(message="没有这个文件夹"), healed)

        assert tell(run)

        assert texts(slack) == []

    def test_for_a_run_without_a_deployment(self, slack: FakeSlack) -> None:
        with get_client(sync_client=True) as client:
            alone = client.create_flow_run(nightly_audit, state=Failed(message="台账核查不符"))

            assert lost_runs.tell(client, alone.id, clock=clock.now)

        assert texts(slack) == []

    def test_for_a_deleted_run(self, slack: FakeSlack) -> None:
        with get_client(sync_client=True) as client:
            assert lost_runs.tell(client, UUID(int=7), clock=clock.now)

        assert texts(slack) == []


class TestAlarmOwedWhileChatFailed:
    @pytest.fixture
    def slack(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeSlack]:
        with FakeSlack("channel_not_found") as slack:
            on_duty(slack, monkeypatch)
            yield slack

    @pytest.fixture
    def failed(self, run: Run, slack: FakeSlack) -> Run:
        run.set(Failed(message="没有这个文件夹"))
        tell(run)
        assert status_of(about(run)) == "owed"
        return run

    def test_is_sent_while_the_run_is_failed(self, failed: Run, slack: FakeSlack) -> None:
        alarms.send_owed(partial(failure_kinds.is_still_so, failed.client), clock=clock.now)

        assert len(texts(slack)) == 1

    def test_is_withdrawn_if_the_run_was_retried(self, failed: Run, slack: FakeSlack) -> None:
        told_of = about(failed)
        failed.retried()

        alarms.send_owed(partial(failure_kinds.is_still_so, failed.client), clock=clock.now)

        assert texts(slack) == []
        assert status_of(told_of) == "withdrawn"

    def test_is_withdrawn_if_the_run_failed_again_with_a_newer_alarm(
        self, failed: Run, slack: FakeSlack
    ) -> None:
        failed.retried().set(Failed(message="磁盘已满"))

        tell(failed)

        (text,) = texts(slack)
        assert "磁盘已满" in text

    def test_of_an_earlier_version_is_sent_or_withdrawn_too(self, run: Run) -> None:
        run.set(Failed(message="没有这个文件夹"))
        before = failure_kinds.is_still_so(run.client, f"run:{run.id}")

        run.retried().set(Failed(message="磁盘已满"))

        assert (before, failure_kinds.is_still_so(run.client, f"run:{run.id}")) == (True, False)


class TestSentence:
    def test_names_the_run_the_step_the_cause_and_what_to_do(
        self, run: Run, slack: FakeSlack
    ) -> None:
        run.set(AwaitingRetry())

        run.carried_out(annual_round, year=2025, folder="no-such-folder")

        (text,) = texts(slack)
        assert text.startswith(f"年度监测没有办完（运行{run.now.name}，20")
        assert "失败，停在“收取报送”这一步）。原因：没有这个文件夹：no-such-folder。" in text
        assert "已办完并保存的步骤：记下时间、记录发起人、核对联系人。" in text
        assert text.endswith("点 Retry，会从没有办完的一步接着办，不会重复。")
        assert f"/runs/flow-run/{run.id} 点" in text
        # The advice to retry is not repeated.
        assert text.count("Retry") == 1

    def test_of_a_crash_is_in_chinese_and_in_the_log_of_the_run(
        self, run: Run, slack: FakeSlack
    ) -> None:
        run.set(Crashed(message=KILLED))

        tell(run)

        (text,) = texts(slack)
        assert text.startswith("年度监测中断了（运行")
        assert "发现，还没有办任何一步）。原因：执行进程结束了，退出码-9：被强制结束" in text
        assert "已办完并保存的步骤：无。" in text
        of_it = LogFilter(flow_run_id=LogFilterFlowRunId(any_=[run.id]))
        assert [line.message for line in run.client.read_logs(of_it)] == [text]

    def test_of_a_run_started_by_hand_names_no_next_run(self, run: Run, slack: FakeSlack) -> None:
        run.set(Crashed(message=KILLED))

        tell(run)

        assert "定时" not in texts(slack)[0]

    def test_of_a_scheduled_run_names_the_next_run(self, slack: FakeSlack) -> None:
        with deployed("daily-chase", schedule=HOURLY) as (client, deployment):
            of_it = {"id": deployment}
            client.request("POST", "/deployments/{id}/schedule", path_params=of_it, json={})
            planned = [run for run in client.read_flow_runs() if run.auto_scheduled]
            first, second = sorted(
                planned, key=lambda planned_run: str(planned_run.expected_start_time)
            )[:2]
            run = Run(client, first.id).begun().set(Crashed(message=KILLED))

            tell(run)

            assert second.expected_start_time is not None
            moment = second.expected_start_time.astimezone(OFFICE_ZONE)
            assert (
                f"{moment:%Y-%m-%d %H:%M}的定时运行会重新办，已办过的不会重复。" in texts(slack)[0]
            )

    def test_of_a_dry_run_claims_no_kept_results(self, slack: FakeSlack) -> None:
        with deployed() as (client, deployment):
            tell(Run.of(client, deployment, dry_run=True).begun().set(Crashed(message=KILLED)))

        assert "已办完并保存的步骤：无（试运行什么都不保存）。" in texts(slack)[0]
        assert "试运行从头再来" in texts(slack)[0]

    def test_of_a_bug_refers_to_the_maintainers(self, run: Run, slack: FakeSlack) -> None:
        run.set(Failed(message="Flow run encountered an exception: KeyError: 'x'"))

        tell(run)

        assert "原因：程序出错（KeyError: 'x'）。" in texts(slack)[0]
        assert "把这次运行的记录交给维护人员" in texts(slack)[0]
