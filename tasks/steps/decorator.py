"""What holds for every step that Prefect runs: what is kept of it, and when it is tried again.

A run that is retried goes on from the step that failed: what an earlier step gave is kept under the
run, the step and its inputs, so that no other run ever finds it.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import httpx
from prefect import Task, get_run_logger
from prefect.cache_policies import DEFAULT, RUN_ID, TASK_SOURCE, CachePolicy
from prefect.client.schemas.objects import State, TaskRun
from prefect.context import TaskRunContext

from junheng import bootstrap, wording
from junheng.adapters import run_locks
from junheng.refusals import Refusal, Transient
from junheng.store import findings
from tasks.intake import inbox
from tasks.operations import rehearsals

P = ParamSpec("P")
R = TypeVar("R")

# The folder may lie on a share, the database on another machine: both come back by themselves.
BACKOFF_SECONDS = (5.0, 15.0, 45.0)
# Chat that fails, or asks us to slow down, wants longer.
SLOW_BACKOFF_SECONDS = (30.0, 60.0, 120.0)
JITTER = 0.5

# What is wrong outside, and may be right in a minute; all else somebody has to put right first.
# Prefect's server may be starting anew: its client waits only where it was connected before.
PASSING: tuple[type[Exception], ...] = (Transient, httpx.TransportError)


def _key(context: TaskRunContext, inputs: Mapping[str, Any]) -> str | None:
    # What a rehearsal did is thrown away with its database: run again, it has to be done again.
    if rehearsals.is_on():
        return None
    # When a step is done decides nothing of what it does.
    decisive = {name: value for name, value in inputs.items() if name != "clock"}
    return DEFAULT.compute_key(context, decisive, {})


def _key_of_verdicts(context: TaskRunContext, inputs: Mapping[str, Any]) -> str | None:
    """Return a key that is another one once the year has been judged anew.

    Where the ledger cannot be read there is none: the step says so itself, and keeps nothing.
    """
    key, year = _key(context, inputs), inputs["year"]
    if key is None:
        return None
    try:
        with bootstrap.session() as session:
            district = bootstrap.rulebook().district.code
            judged = findings.latest(session, district, year, rules_year=year)
    except Refusal:
        return None
    return f"{key}-{judged.id if judged else 0}"


def _key_of_data(context: TaskRunContext, inputs: Mapping[str, Any]) -> str | None:
    """Return a key that is another one once the year has other data than it was judged by."""
    key = _key(context, inputs)
    if key is None:
        return None
    try:
        return f"{key}-{inbox.asks_for_recheck(inputs['year'])}"
    except Refusal:
        return None


OF_THE_RUN = CachePolicy.from_cache_key_fn(_key)
# What follows from a year's verdicts: done again where they have changed since.
OF_THE_VERDICTS = CachePolicy.from_cache_key_fn(_key_of_verdicts)
# What follows from a year's data: done again where they have changed since.
OF_THE_DATA = CachePolicy.from_cache_key_fn(_key_of_data)
# Whatever it is called with: what the first call of the run gave.
ONCE_A_RUN = RUN_ID + TASK_SOURCE


def _may_pass(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    return isinstance(state.result(raise_on_failure=False), PASSING)


def is_last_try() -> bool:
    """Return whether the step that runs now is not tried again, whatever it raises."""
    running = TaskRunContext.get()
    return running is None or running.task_run.run_count > running.task.retries


def step(
    name: str,
    *,
    waits: Sequence[float] = BACKOFF_SECONDS,
    kept: CachePolicy = OF_THE_RUN,
) -> Callable[[Callable[P, R]], Task[P, R]]:
    """Make a function a step: kept by its run, and tried again where waiting may help."""

    def made(function: Callable[P, R]) -> Task[P, R]:
        @wraps(function)
        def said(*arguments: P.args, **named: P.kwargs) -> R:
            run_locks.begin(name)
            get_run_logger().info("%s", wording.packaged().run_watch.begins)
            result = function(*arguments, **named)
            run_locks.end(name)
            return result

        return Task(
            said,
            # Prefect gets plain text, also of a member of StepName.
            name=str(name),
            persist_result=True,
            cache_policy=kept,
            retries=len(waits),
            retry_delay_seconds=list(waits),
            retry_jitter_factor=JITTER,
            retry_condition_fn=_may_pass,
        )

    return made
