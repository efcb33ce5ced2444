"""Runs that failed or died: what operators are told of one, and that they are told."""

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
    """Tell operators of a run that failed or died, and return whether nothing is left to tell.

    Once, however many tell it at one moment.
    """
    failure = failure_kinds.of(client, run_id)
    if failure is None or any(map(alarms.is_known, failure.names)):
        return True
    if run_locks.is_held(bootstrap.settings().running_folder, str(run_id)):
        # Somebody took it for dead, or it is just ending: what it comes to is seen later.
        return False
    now = clock()
    said = sentence(client, failure, now=now)
    if failure.is_crash:
        _write_into_its_log(client, run_id, said, now=now)
    still = partial(failure_kinds.is_still_so, client)
    alarms.tell(failure.about, said, today=day_of(now), clock=clock, still=still)
    return alarms.is_known(failure.about)


def _write_into_its_log(
    client: SyncPrefectClient, run_id: UUID, said: str, *, now: datetime
) -> None:
    """Say it once in the log of the run itself: who was killed left nothing there."""
    asked = LogFilter(flow_run_id=LogFilterFlowRunId(any_=[run_id]))
    if any(line.message == said for line in client.read_logs(asked, sort=LogSort.TIMESTAMP_DESC)):
        return
    line = {"name": LOG, "level": ERROR, "message": said, "timestamp": now.isoformat()}
    client.create_logs([{**line, "flow_run_id": str(run_id)}])


def sentence(client: SyncPrefectClient, failure: Failure, *, now: datetime) -> str:
    """Return which run failed, since when, at which step and why, what was kept, what to do."""
    wording = bootstrap.rulebook().wording.alarms
    template = wording.crashed if failure.is_crash else wording.failed
    run, kept = failure.run, _done(client, failure)
    is_rehearsal = bool(run.parameters.get("dry_run"))
    done = wording.rehearsal if is_rehearsal else wording.between.join(kept) or wording.none
    to_do = _what_to_do(failure, wording.do, is_rehearsal=is_rehearsal)
    return template.format(
        work=_work(client, run, wording.works),
        run=run.name,
        since=_said(run.start_time, wording),
        at=_said(failure.states[0].timestamp, wording),
        where=_where(run, kept, wording),
        why=_why(failure, wording),
        kept=done,
        do=to_do.format(link=_link(run.id)),
        next=_next(client, run, wording, now=now),
    )


def _said(moment: datetime | None, wording: AlarmWords) -> str:
    if moment is None:
        return wording.not_begun
    return f"{moment.astimezone(OFFICE_ZONE):%Y-%m-%d %H:%M}"


def _why(failure: Failure, wording: AlarmWords) -> str:
    """Return why a run ended, without what a refusal says of Retry: that is said once."""
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


def _done(client: SyncPrefectClient, failure: Failure) -> list[str]:
    """Return the steps that were done in all tries, in the order in which they were."""
    of_run = FlowRunFilter(id=FlowRunFilterId(any_=[failure.run.id]))
    steps = client.read_task_runs(flow_run_filter=of_run)
    done = [step for step in steps if step.state is not None and step.state.is_completed()]
    done.sort(key=lambda step: step.end_time or LAST)
    # A step is called by its task; Prefect numbers its runs.
    called = [step.name.rpartition("-")[0] or step.name for step in done]
    # The last ones may not have reached the server.
    return list(dict.fromkeys([*called, *_last_try(failure.run).done]))


def _where(run: FlowRun, done: list[str], wording: AlarmWords) -> str:
    if (step := _last_try(run).at) is not None:
        return wording.at.format(step=step)
    return wording.after.format(step=done[-1]) if done else wording.before


def _last_try(run: FlowRun) -> run_locks.Steps:
    return run_locks.steps(bootstrap.settings().running_folder, str(run.id))


def _next(client: SyncPrefectClient, run: FlowRun, wording: AlarmWords, *, now: datetime) -> str:
    """Return when the timetable runs it again, of a run that it began; else nothing."""
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
    moments = [one.expected_start_time for one in planned if one.auto_scheduled]
    return wording.next.format(at=_said(moments[0], wording)) if moments else ""


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
