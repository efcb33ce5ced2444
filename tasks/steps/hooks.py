"""What every deployed flow has: a lock while its process lives, and hooks that tell operators.

Prefect's engine runs the hooks in the run's own process where a run fails, or ends by a signal; its
worker runs on_crashed in a process of its own where it sees the run's process die. Who dies unseen
is found by `run_watch`.
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

# Prefect tells a run's process so which run it is.
RUN_ID = "PREFECT__FLOW_RUN_ID"
# How Prefect starts the process that runs the hooks of a dead run: it knows the run's id too.
HOOKS = "hook"
# A run must not end minutes late because chat is slow: what is unsent by then, the watch sends.
LONGEST_SECONDS = 15.0
# What keeps an alarm from being told now; the watch of runs tries again.
EXPECTED: tuple[type[Exception], ...] = (
    Refusal,
    httpx.HTTPError,
    PrefectException,
    OSError,
)


def watched(deployed: Flow[P, R]) -> Flow[P, R]:
    """Have a flow watched: who imports it to run it holds the lock before the run begins."""
    run, is_for_hooks = os.environ.get(RUN_ID), sys.argv[1:2] == [HOOKS]
    if run is not None and not is_for_hooks:
        run_locks.hold(Home().running_folder, run)
    deployed.on_failure(tell_operators)
    deployed.on_crashed(tell_operators)
    return deployed


def tell_operators(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:
    """Tell operators of a run that failed or died, as a hook of Prefect's."""
    del state  # who tells reads it anew
    if flow_run.deployment_id is None:
        return
    said: list[str] = []
    telling = Thread(target=copy_context().run, args=(_tell, flow_run.id, said.append), daemon=True)
    telling.start()
    telling.join(LONGEST_SECONDS)
    if telling.is_alive():
        said.append(wording.packaged().run_watch.too_long)
    for reason in said:
        flow_run_logger(flow_run, flow).warning("%s", _left(reason))


def _tell(run_id: UUID, say: Callable[[str], None]) -> None:
    try:
        with get_client(sync_client=True) as client:
            lost_runs.tell(client, run_id, clock=clock.now)
    except EXPECTED as error:
        say(reason_of(error))


def reason_of(error: BaseException) -> str:
    """Return what keeps an alarm from being told, as people say it."""
    said = str(error.args[0] if error.args else error) or type(error).__name__
    if isinstance(error, httpx.HTTPError):
        return wording.packaged().run_watch.no_answer.format(reason=said)
    return said.rstrip("。")


def _left(reason: str) -> str:
    """Return that the watch of runs will tell it."""
    try:
        said = bootstrap.rulebook().wording.alarms.left_to_server
    except (RulebookUnusable, SettingsUnusable):
        return reason
    return said.format(reason=reason)
