"""The lock and the hooks of every deployed flow: hooks alert operators of failed runs.

Prefect's engine runs the hooks in the run's own process if the run fails or ends by a signal; its
worker runs on_crashed in a separate process if it sees the run's process die. `run_watch` finds
all other dead runs.
"""

import os
import sys
from collections.abc import Callable
from contextvars import copy_context
from threading import Thread
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

import httpx
from prefect import Flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun, State
from prefect.exceptions import PrefectException
from prefect.logging.loggers import flow_run_logger

from junheng import bootstrap, wording
from junheng.adapters import clock, run_locks
from junheng.refusals import Refusal
from junheng.rulebook import RulebookUnusable
from junheng.settings import Home, SettingsUnusable
from tasks.steps import lost_runs

P = ParamSpec("P")
R = TypeVar("R")

# The environment variable in which Prefect passes the run id to the run's process.
RUN_ID = "PREFECT__FLOW_RUN_ID"
# The argument with which Prefect starts the process for the hooks of a dead run; this process
# has the run id in its environment too.
HOOKS = "hook"
# Slow chat must not delay the end of a run: `run_watch` sends alarms that are unsent after this.
LONGEST_SECONDS = 15.0
# Errors that keep an alarm from being sent now; `run_watch` tries again.
EXPECTED: tuple[type[Exception], ...] = (
    Refusal,
    httpx.HTTPError,
    PrefectException,
    OSError,
)


def watched(deployed: Flow[P, R]) -> Flow[P, R]:
    """Add hooks to a flow; in a run's process, lock the run at import, before it begins."""
    run, is_for_hooks = os.environ.get(RUN_ID), sys.argv[1:2] == [HOOKS]
    if run is not None and not is_for_hooks:
        run_locks.hold(Home().running_folder, run)
    deployed.on_failure(tell_operators)
    deployed.on_crashed(tell_operators)
    return deployed


def tell_operators(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:
    """Alert operators of a failed or crashed run (a Prefect hook)."""
    del state  # _tell reads the current states
    if flow_run.deployment_id is None:
        return
    problems: list[str] = []
    thread = Thread(
        target=copy_context().run, args=(_tell, flow_run.id, problems.append), daemon=True
    )
    thread.start()
    thread.join(LONGEST_SECONDS)
    if thread.is_alive():
        problems.append(wording.packaged().run_watch.too_long)
    for reason in problems:
        flow_run_logger(flow_run, flow).warning("%s", _left_to_watch(reason))


def _tell(run_id: UUID, say: Callable[[str], None]) -> None:
    try:
        with get_client(sync_client=True) as client:
            lost_runs.tell(client, run_id, clock=clock.now)
    except EXPECTED as error:
        say(reason_of(error))


def reason_of(error: BaseException) -> str:
    """Return the Chinese reason why an alarm could not be sent."""
    message = str(error.args[0] if error.args else error) or type(error).__name__
    if isinstance(error, httpx.HTTPError):
        return wording.packaged().run_watch.no_answer.format(reason=message)
    return message.rstrip("。")


def _left_to_watch(reason: str) -> str:
    """Return the sentence that `run_watch` will send the alarm."""
    try:
        sentence = bootstrap.rulebook().wording.alarms.left_to_server
    except (RulebookUnusable, SettingsUnusable):
        return reason
    return sentence.format(reason=reason)
