"""The watch of runs, in the server's process: finds runs that died unseen, and has them told.

Prefect's own events may lie in its bus for a quarter of an hour; the lock that a run's process
holds (`junheng.adapters.run_locks`) says at once whether it lives.
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
# Chat that refuses an alarm is not asked at every look.
BETWEEN_TRIES = timedelta(seconds=60)
# How far back a failure is told that nobody told: who was killed between his failure and his hook.
TOLD_BACK_TO = timedelta(hours=24)

# How long a run may be without a process: one that is taken needs time to start, one that is being
# cancelled is for its worker to report.
MAY_LACK: dict[StateType, timedelta] = {
    StateType.RUNNING: timedelta(),
    StateType.PENDING: timedelta(seconds=110),
    StateType.CANCELLING: timedelta(seconds=60),
}


def _words() -> RunWatchWords:
    return wording.packaged().run_watch


@dataclass(slots=True)
class Seen:
    """What the watch remembers from one look to the next."""

    # Which runs had no process, and the state in which they had none.
    without_process: dict[UUID, UUID] = field(default_factory=dict)
    # The failures that were told, by the run's state, and when the others were tried last.
    told: set[UUID] = field(default_factory=set)
    tried: dict[UUID, datetime] = field(default_factory=dict)
    owed_tried_at: datetime | None = None


def look_now(seen: Seen) -> None:
    """Look once, and write into the history what people did while nothing could be written."""
    look_once(seen, now=clock.now())
    run_requests.write_down_waiting()


@asynccontextmanager
async def watching(
    look: Callable[[Seen], None] = look_now, *, seconds: float = SECONDS_BETWEEN_LOOKS
) -> AsyncIterator[None]:
    """Watch the runs meanwhile: enter it in the lifespan of the server."""
    looking = asyncio.create_task(_keep_looking(look, seconds))
    try:
        yield
    finally:
        looking.cancel()
        await asyncio.wait({looking})


async def _keep_looking(look: Callable[[Seen], None], seconds: float) -> None:
    seen, reports = Seen(), Reports()
    while True:
        # The first look is late too: the server does not answer yet.
        await asyncio.sleep(seconds)
        looked = asyncio.create_task(asyncio.to_thread(look, seen))
        # Waiting raises nothing of what the look raised: whatever that is, the watch goes on.
        await asyncio.wait({looked})
        reports.take(looked.exception())


@dataclass(slots=True)
class Reports:
    """What is said of looks that failed: what keeps two in a row from their work, once.

    One alone is nothing: a server that ends does not answer itself any more.
    """

    _last: str = ""
    _said: str = ""

    def take(self, error: BaseException | None) -> None:
        """Say what is to be said after a look."""
        reason = "" if error is None else reason_of(error)
        if reason and reason == self._last and reason != self._said:
            traceback = None if isinstance(error, EXPECTED) else error
            log.error("%s", _words().not_looked.format(reason=reason), exc_info=traceback)
            self._said = reason
        elif self._said and not reason:
            log.warning("%s", _words().looks_again)
            self._said = ""
        self._last = reason


def look_once(seen: Seen, *, now: datetime) -> None:
    """Find the runs that died, tell of what failed, and send what is owed; `now` is aware."""
    with get_client(sync_client=True) as client:
        _find_dead(client, seen, now)
        _tell(client, seen, now)
        if seen.owed_tried_at is None or now - seen.owed_tried_at >= BETWEEN_TRIES:
            seen.owed_tried_at = now
            alarms.send_owed(partial(failure_kinds.is_still_so, client), clock=lambda: now)


def _find_dead(client: SyncPrefectClient, seen: Seen, now: datetime) -> None:
    """Mark the runs that had no process at this look and at the one before, in the same state."""
    before, seen.without_process = seen.without_process, {}
    for run in _runs(client, *MAY_LACK):
        if run.state is None or not _lacks_process(run.id, run.state, now):
            continue
        if before.get(run.id) != run.state.id:
            seen.without_process[run.id] = run.state.id
        else:
            _mark(client, run.id, run.state.id, now)


def _runs(
    client: SyncPrefectClient, *states: StateType, ended_since: datetime | None = None
) -> list[FlowRun]:
    """Return the deployments' runs that stand so; where it is said, those that ended since."""
    ended = FlowRunFilterEndTime.model_validate({"after_": ended_since})
    return client.read_flow_runs(
        flow_run_filter=FlowRunFilter(
            deployment_id=FlowRunFilterDeploymentId(is_null_=False),
            state=FlowRunFilterState(type=FlowRunFilterStateType(any_=list(states))),
            end_time=None if ended_since is None else ended,
        )
    )


def _lacks_process(run_id: UUID, state: State, now: datetime) -> bool:
    may_lack = MAY_LACK.get(state.type)
    if may_lack is None or now - state.timestamp < may_lack:
        return False
    return not run_locks.is_held(Home().running_folder, str(run_id))


def _mark(client: SyncPrefectClient, run_id: UUID, state_id: UUID, now: datetime) -> None:
    """Mark a run as ended, if it still stands as it was seen and still has no process."""
    try:
        state = client.read_flow_run(run_id).state
    except ObjectNotFound:
        return
    if state is None or state.id != state_id or not _lacks_process(run_id, state, now):
        return
    if state.type is StateType.CANCELLING:
        # As Prefect's worker does it: somebody asked for it.
        client.set_flow_run_state(run_id, Cancelled(message=_words().cancelled), force=True)
    else:
        is_running = state.type is StateType.RUNNING
        message = _words().gone if is_running else _words().never_began
        client.set_flow_run_state(run_id, Crashed(message=message))


def _tell(client: SyncPrefectClient, seen: Seen, now: datetime) -> None:
    """Tell of the runs that failed of late and of which nobody has told."""
    for run in _runs(client, *FAILURES, ended_since=now - TOLD_BACK_TO):
        if run.state_id is None or run.state_id in seen.told:
            continue
        tried = seen.tried.get(run.state_id)
        if tried is None or now - tried >= BETWEEN_TRIES:
            # Before it is tried: one that cannot be told must not keep the others waiting.
            seen.tried[run.state_id] = now
            if lost_runs.tell(client, run.id, clock=lambda: now):
                seen.told.add(run.state_id)
