"""Runs that failed or died: what operators are told of one, and that they are told."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from logging import ERROR
from typing import Any
from uuid import UUID

from prefect import get_run_logger, task
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterId,
    LogFilter,
    LogFilterFlowRunId,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.sorting import LogSort
from prefect.exceptions import ObjectNotFound
from prefect.settings import get_current_settings

from junheng import bootstrap
from junheng.settings import OFFICE_ZONE
from tasks import alarms, run_log

RETRIES = 3
# A server that is only just there again, chat that is down for a while.
RETRY_SECONDS = 20
LOG = "prefect.flow_runs"


@task(name="告知值班人员", retries=RETRIES, retry_delay_seconds=RETRY_SECONDS)
def tell(run: str, *, today: date) -> None:
    """Tell operators of a run, by its id or as events name it; a run that is no more is nothing."""
    log, run_id = get_run_logger(), UUID(run.rpartition(".")[2])
    with get_client(sync_client=True) as client:
        try:
            said = sentence(client, client.read_flow_run(run_id))
        except ObjectNotFound:
            return
        _write_into_its_log(client, run_id, said)
    log.warning("%s", said)
    if not alarms.tell(f"run:{run_id}", said, today=today):
        log.warning("%s", bootstrap.rulebook().wording["alarms"]["not_told"])


def _write_into_its_log(client: SyncPrefectClient, run_id: UUID, said: str) -> None:
    """Say it once in the log of the run itself: who was killed left nothing there."""
    asked = LogFilter(flow_run_id=LogFilterFlowRunId(any_=[run_id]))
    if any(line.message == said for line in client.read_logs(asked, sort=LogSort.TIMESTAMP_DESC)):
        return
    now = datetime.now(UTC).isoformat()
    line = {"name": LOG, "level": ERROR, "message": said, "timestamp": now}
    client.create_logs([{**line, "flow_run_id": str(run_id)}])


def sentence(client: SyncPrefectClient, run: FlowRun) -> str:
    """Return which run failed, since when, what was kept, and what to do."""
    says: Mapping[str, Any] = bootstrap.rulebook().wording["alarms"]
    is_crashed = run.state is not None and run.state.type is StateType.CRASHED
    since = run.start_time.astimezone(OFFICE_ZONE) if run.start_time else None
    kept = says["between"].join(_kept(client, run)) or says["nothing_kept"]
    return str(
        says["crashed" if is_crashed else "failed"].format(
            work=_work(client, run, says["works"]),
            run=run.name,
            since=f"{since:%Y-%m-%d %H:%M}" if since else says["not_begun"],
            why=_why(run, says),
            kept=kept,
            link=_link(run.id),
        )
    )


def _why(run: FlowRun, says: Mapping[str, Any]) -> str:
    """Return why a run ended, as one sentence: a worker says it in English."""
    message = run.state.message if run.state is not None else None
    return f"{run_log.in_chinese(message).rstrip('。')}。" if message else str(says["no_message"])


def _kept(client: SyncPrefectClient, run: FlowRun) -> list[str]:
    """Return the steps that were done, in the order in which they were."""
    of_run = FlowRunFilter(id=FlowRunFilterId(any_=[run.id]))
    steps = client.read_task_runs(flow_run_filter=of_run)
    done = [step for step in steps if step.state is not None and step.state.is_completed()]
    done.sort(key=lambda step: (step.end_time is None, step.end_time))
    # A step is called by its task; Prefect numbers its runs.
    return list(dict.fromkeys(step.name.rpartition("-")[0] or step.name for step in done))


def _work(client: SyncPrefectClient, run: FlowRun, works: Mapping[str, str]) -> str:
    if run.deployment_id is None:
        return client.read_flow(run.flow_id).name
    name = client.read_deployment(run.deployment_id).name
    return works.get(name, name)


def _link(run_id: UUID) -> str:
    settings = get_current_settings()
    base = settings.ui_url or str(settings.api.url).removesuffix("/api")
    return f"{base}/runs/flow-run/{run_id}"
