"""Alerts operators of failed and crashed runs."""

from datetime import UTC, datetime
from functools import partial
from logging import ERROR
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterId,
    FlowRunFilterState,
    FlowRunFilterStateType,
    LogFilter,
    LogFilterFlowRunId,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.sorting import FlowRunSort, LogSort
from prefect.exceptions import ObjectNotFound
from prefect.settings import get_current_settings

from junheng import bootstrap
from junheng.adapters import run_locks
from junheng.domain.office_days import OFFICE_ZONE, Clock, day_of
from junheng.wording.operations.alarms import AlarmWords, ToDo, WorkNames
from tasks.chase import alarms
from tasks.steps import failure_kinds, run_log
from tasks.steps.failure_kinds import Failure

LOG = "prefect.flow_runs"
LAST = datetime.max.replace(tzinfo=UTC)


def tell(client: SyncPrefectClient, run_id: UUID, *, clock: Clock) -> bool:
    """Alert operators of a failed or crashed run; return whether nothing is left to do.

    The alarm is sent once, even if several processes call this at once.
    """
    failure = failure_kinds.of(client, run_id)
    if failure is None or any(map(alarms.is_known, failure.names)):
        return True
    if run_locks.is_held(bootstrap.settings().running_folder, str(run_id)):
        # The process is still alive, or just ending: the outcome is checked later.
        return False
    now = clock()
    text = sentence(client, failure, now=now)
    if failure.is_crash:
        _write_into_run_log(client, run_id, text, now=now)
    still = partial(failure_kinds.is_still_so, client)
    alarms.tell(failure.about, text, today=day_of(now), clock=clock, still=still)
    return alarms.is_known(failure.about)


def _write_into_run_log(
    client: SyncPrefectClient, run_id: UUID, text: str, *, now: datetime
) -> None:
    """Write the sentence once into the log of the run: a killed process could not."""
    of_run = LogFilter(flow_run_id=LogFilterFlowRunId(any_=[run_id]))
    if any(line.message == text for line in client.read_logs(of_run, sort=LogSort.TIMESTAMP_DESC)):
        return
    line = {"name": LOG, "level": ERROR, "message": text, "timestamp": now.isoformat()}
    client.create_logs([{**line, "flow_run_id": str(run_id)}])


def sentence(client: SyncPrefectClient, failure: Failure, *, now: datetime) -> str:
    """Return the text of an alarm: run, time, step, cause, kept results, what to do, next run."""
    wording = bootstrap.rulebook().wording.alarms
    template = wording.crashed if failure.is_crash else wording.failed
    run, kept = failure.run, _completed_steps(client, failure)
    is_rehearsal = bool(run.parameters.get("dry_run"))
    done = wording.rehearsal if is_rehearsal else wording.between.join(kept) or wording.none
    to_do = _what_to_do(failure, wording.do, is_rehearsal=is_rehearsal)
    return template.format(
        work=_work(client, run, wording.works),
        run=run.name,
        since=_time_of(run.start_time, wording),
        at=_time_of(failure.states[0].timestamp, wording),
        where=_where(run, kept, wording),
        why=_why(failure, wording),
        kept=done,
        do=to_do.format(link=_link(run.id)),
        next=_next(client, run, wording, now=now),
    )


def _time_of(moment: datetime | None, wording: AlarmWords) -> str:
    if moment is None:
        return wording.not_begun
    return f"{moment.astimezone(OFFICE_ZONE):%Y-%m-%d %H:%M}"


def _why(failure: Failure, wording: AlarmWords) -> str:
    """Return the cause of a failure without the advice to retry, which the alarm has already."""
    message = failure.states[-1].message
    if not message:
        return wording.no_message
    _, _, rest = bootstrap.rulebook().wording.runs.ended.partition("{what}")
    return run_log.in_chinese(message).rstrip("。").removesuffix(rest.rstrip("。"))


def _what_to_do(failure: Failure, wording: ToDo, *, is_rehearsal: bool) -> str:
    if not failure.is_crash and run_log.is_bug(failure.states[-1].message or ""):
        return wording.bug
    if is_rehearsal:
        return wording.rehearsal
    return wording.crashed if failure.is_crash else wording.failed


def _completed_steps(client: SyncPrefectClient, failure: Failure) -> list[str]:
    """Return the steps completed in all tries, in the order of completion."""
    of_run = FlowRunFilter(id=FlowRunFilterId(any_=[failure.run.id]))
    steps = client.read_task_runs(flow_run_filter=of_run)
    done = [step for step in steps if step.state is not None and step.state.is_completed()]
    done.sort(key=lambda step: step.end_time or LAST)
    # The name of a task run is the step's name with a suffix.
    names = [step.name.rpartition("-")[0] or step.name for step in done]
    # The last completions may not have reached the server, but are in the lock file.
    return list(dict.fromkeys([*names, *_last_try(failure.run).done]))


def _where(run: FlowRun, done: list[str], wording: AlarmWords) -> str:
    if (step := _last_try(run).at) is not None:
        return wording.at.format(step=step)
    return wording.after.format(step=done[-1]) if done else wording.before


def _last_try(run: FlowRun) -> run_locks.Steps:
    return run_locks.steps(bootstrap.settings().running_folder, str(run.id))


def _next(client: SyncPrefectClient, run: FlowRun, wording: AlarmWords, *, now: datetime) -> str:
    """Return the sentence about the next scheduled run; '' for a run started by hand."""
    if not run.auto_scheduled or run.deployment_id is None:
        return ""
    planned = client.read_flow_runs(
        flow_run_filter=FlowRunFilter(
            deployment_id=FlowRunFilterDeploymentId(any_=[run.deployment_id]),
            state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.SCHEDULED])),
            expected_start_time=FlowRunFilterExpectedStartTime.model_validate({"after_": now}),
        ),
        sort=FlowRunSort.EXPECTED_START_TIME_ASC,
        limit=1,
    )
    moments = [
        planned_run.expected_start_time for planned_run in planned if planned_run.auto_scheduled
    ]
    return wording.next.format(at=_time_of(moments[0], wording)) if moments else ""


def _work(client: SyncPrefectClient, run: FlowRun, works: WorkNames) -> str:
    try:
        name = client.read_deployment(run.deployment_id or run.id).name
    except ObjectNotFound:
        return client.read_flow(run.flow_id).name
    return works.get(name) or name


def _link(run_id: UUID) -> str:
    settings = get_current_settings()
    base = settings.ui_url or str(settings.api.url).removesuffix("/api")
    return f"{base}/runs/flow-run/{run_id}"
