"""The lock of a run, and the Prefect hooks that alert operators of failed runs.

If a run fails or is ended by a signal, Prefect's engine calls the hooks in the run's own process.
If Prefect's worker sees that process die, it calls the `on_crashed` hook in a separate process.
`run_watch` finds all other dead runs.
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
# The first argument of the separate process that calls the hooks of a dead run. The environment of
# that process contains the run id too.
HOOKS = "hook"
# How long a hook waits for the alarm: slow chat must not delay the end of a run. `run_watch` sends
# an alarm that was not sent in this time.
LONGEST_SECONDS = 15.0
# Errors after which an alarm is not sent by the hook; `run_watch` sends it later.
EXPECTED: tuple[type[Exception], ...] = (
    Refusal,
    httpx.HTTPError,
    PrefectException,
    OSError,
)


def watched(deployed: Flow[P, R]) -> Flow[P, R]:
    """Add the hooks to a flow and return it.

    The process of a run imports the flow before the run begins: there, this also locks the run.
    """
    run_id, is_hook_process = os.environ.get(RUN_ID), sys.argv[1:2] == [HOOKS]
    if run_id is not None and not is_hook_process:
        run_locks.hold(Home().running_folder, run_id)
    deployed.on_failure(tell_operators)
    deployed.on_crashed(tell_operators)
    return deployed


def tell_operators(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:
    """Alert operators of a failed or crashed run (a Prefect hook)."""
    del state  # _alert reads the current state from the server
    if flow_run.deployment_id is None:
        return
    problems: list[str] = []
    thread = Thread(
        target=copy_context().run, args=(_alert, flow_run.id, problems.append), daemon=True
    )
    thread.start()
    thread.join(LONGEST_SECONDS)
    if thread.is_alive():
        problems.append(wording.packaged().run_watch.too_long)
    for reason in problems:
        flow_run_logger(flow_run, flow).warning("%s", _postponed_sentence(reason))


def _alert(run_id: UUID, add_problem: Callable[[str], None]) -> None:
    """Alert operators of a run; if that fails, pass the reason to `add_problem`."""
    try:
        with get_client(sync_client=True) as client:
            lost_runs.tell(client, run_id, clock=clock.now)
    except EXPECTED as error:
        add_problem(reason_of(error))


def reason_of(error: BaseException) -> str:
    """Return the Chinese reason why an alarm could not be sent."""
    message = str(error.args[0] if error.args else error) or type(error).__name__
    if isinstance(error, httpx.HTTPError):
        return wording.packaged().run_watch.no_answer.format(reason=message)
    return message.rstrip("。")


def _postponed_sentence(reason: str) -> str:
    """Return a Chinese sentence: the alarm was not sent, why, and that `run_watch` will send it.

    Without a readable rulebook, return only the reason.
    """
    try:
        template = bootstrap.rulebook().wording.alarms.left_to_server
    except (RulebookUnusable, SettingsUnusable):
        return reason
    return template.format(reason=reason)
