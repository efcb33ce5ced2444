"""Watches the runs, in the server's process: detects dead runs and sends missed alarms.

Prefect's own events may be delayed by a quarter of an hour; the lock that a run's process holds
(`junheng.adapters.run_locks`) shows at once whether it is alive.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterEndTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.exceptions import ObjectNotFound
from prefect.states import Cancelled, Crashed

from junheng import wording
from junheng.adapters import clock, run_locks
from junheng.settings import Home
from junheng.wording.operations.run_watch import RunWatchWords
from tasks.chase import alarms
from tasks.operations import run_requests
from tasks.steps import failure_kinds, lost_runs
from tasks.steps.failure_kinds import FAILURES
from tasks.steps.hooks import EXPECTED, reason_of

log = logging.getLogger(__name__)

SECONDS_BETWEEN_LOOKS = 10.0
# An alarm that could not be sent is not retried at every look.
BETWEEN_TRIES = timedelta(seconds=60)
# Failures in this window get an alarm if their hook did not send it, because the run was killed.
ALARM_WINDOW = timedelta(hours=24)

# The grace period of a run without a process: a pending run is being started, and a cancelled run
# is reported by its worker.
GRACE_PERIODS: dict[StateType, timedelta] = {
    StateType.RUNNING: timedelta(),
    StateType.PENDING: timedelta(seconds=110),
    StateType.CANCELLING: timedelta(seconds=60),
}


def _words() -> RunWatchWords:
    return wording.packaged().run_watch


@dataclass(slots=True)
class Seen:
    """The memory of the watch between two looks."""

    # The runs that had no process, with the id of their state.
    without_process: dict[UUID, UUID] = field(default_factory=dict)
    # The failures with a sent alarm, by the id of the state, and the last try for the others.
    alarmed: set[UUID] = field(default_factory=set)
    tried_at: dict[UUID, datetime] = field(default_factory=dict)
    owed_tried_at: datetime | None = None


def look_now(seen: Seen) -> None:
    """Look once, and write the operations into the history that could not be written earlier."""
    look_once(seen, now=clock.now())
    run_requests.write_down_waiting()


@asynccontextmanager
async def watching(
    look: Callable[[Seen], None] = look_now, *, seconds: float = SECONDS_BETWEEN_LOOKS
) -> AsyncIterator[None]:
    """Watch the runs in a background task of the server's lifespan."""
    watch = asyncio.create_task(_keep_looking(look, seconds))
    try:
        yield
    finally:
        watch.cancel()
        await asyncio.wait({watch})


async def _keep_looking(look: Callable[[Seen], None], seconds: float) -> None:
    seen, reports = Seen(), Reports()
    while True:
        # Sleeps before the first look, because the server does not answer yet.
        await asyncio.sleep(seconds)
        looked = asyncio.create_task(asyncio.to_thread(look, seen))
        # `wait` does not raise the exception of the look, so the watch continues after any error.
        await asyncio.wait({looked})
        reports.take(looked.exception())


@dataclass(slots=True)
class Reports:
    """Logs failing looks: an error once, when it occurs in two looks in a row.

    A single failure is normal, because a server that ends no longer answers itself.
    """

    _last: str = ""
    _logged: str = ""

    def take(self, error: BaseException | None) -> None:
        """Log the outcome of a look, if it is new."""
        reason = "" if error is None else reason_of(error)
        if reason and reason == self._last and reason != self._logged:
            traceback = None if isinstance(error, EXPECTED) else error
            log.error("%s", _words().not_looked.format(reason=reason), exc_info=traceback)
            self._logged = reason
        elif self._logged and not reason:
            log.warning("%s", _words().looks_again)
            self._logged = ""
        self._last = reason


def look_once(seen: Seen, *, now: datetime) -> None:
    """Mark dead runs, and send missed and unsent alarms; `now` is time-zone aware."""
    with get_client(sync_client=True) as client:
        _find_dead(client, seen, now)
        _send_missed_alarms(client, seen, now)
        if seen.owed_tried_at is None or now - seen.owed_tried_at >= BETWEEN_TRIES:
            seen.owed_tried_at = now
            alarms.send_owed(partial(failure_kinds.is_still_so, client), clock=lambda: now)


def _find_dead(client: SyncPrefectClient, seen: Seen, now: datetime) -> None:
    """Mark the runs that had no process in the same state at this look and at the previous one."""
    before, seen.without_process = seen.without_process, {}
    for run in _runs(client, *GRACE_PERIODS):
        if run.state is None or not _lacks_process(run.id, run.state, now):
            continue
        if before.get(run.id) != run.state.id:
            seen.without_process[run.id] = run.state.id
        else:
            _mark(client, run.id, run.state.id, now)


def _runs(
    client: SyncPrefectClient, *states: StateType, ended_since: datetime | None = None
) -> list[FlowRun]:
    """Return the deployments' runs in these states; with `ended_since`, only those ended since."""
    ended = FlowRunFilterEndTime.model_validate({"after_": ended_since})
    return client.read_flow_runs(
        flow_run_filter=FlowRunFilter(
            deployment_id=FlowRunFilterDeploymentId(is_null_=False),
            state=FlowRunFilterState(type=FlowRunFilterStateType(any_=list(states))),
            end_time=None if ended_since is None else ended,
        )
    )


def _lacks_process(run_id: UUID, state: State, now: datetime) -> bool:
    grace_period = GRACE_PERIODS.get(state.type)
    if grace_period is None or now - state.timestamp < grace_period:
        return False
    return not run_locks.is_held(Home().running_folder, str(run_id))


def _mark(client: SyncPrefectClient, run_id: UUID, state_id: UUID, now: datetime) -> None:
    """Mark a run as ended, if its state is unchanged and it still has no process."""
    try:
        state = client.read_flow_run(run_id).state
    except ObjectNotFound:
        return
    if state is None or state.id != state_id or not _lacks_process(run_id, state, now):
        return
    if state.type is StateType.CANCELLING:
        # The same transition as by Prefect's worker; `force`, because the user requested it.
        client.set_flow_run_state(run_id, Cancelled(message=_words().cancelled), force=True)
    else:
        is_running = state.type is StateType.RUNNING
        message = _words().gone if is_running else _words().never_began
        client.set_flow_run_state(run_id, Crashed(message=message))


def _send_missed_alarms(client: SyncPrefectClient, seen: Seen, now: datetime) -> None:
    """Send the alarms of recent failures whose hooks did not send one."""
    for run in _runs(client, *FAILURES, ended_since=now - ALARM_WINDOW):
        if run.state_id is None or run.state_id in seen.alarmed:
            continue
        tried_at = seen.tried_at.get(run.state_id)
        if tried_at is None or now - tried_at >= BETWEEN_TRIES:
            # Set before the try, so that one failing alarm does not block the others.
            seen.tried_at[run.state_id] = now
            if lost_runs.tell(client, run.id, clock=lambda: now):
                seen.alarmed.add(run.state_id)
