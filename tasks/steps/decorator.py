"""The decorator of all steps: caching of results, and retries.

A retried run continues with the step that failed: the results of earlier steps are cached by run,
step and inputs, so that no other run uses them.
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

# The folder may be on a share and the database on another machine: both may recover.
BACKOFF_SECONDS = (5.0, 15.0, 45.0)
# Chat platforms need longer, also after a rate limit.
SLOW_BACKOFF_SECONDS = (30.0, 60.0, 120.0)
JITTER = 0.5

# Errors that a retry may solve; all others need a correction first. TransportError: Prefect's
# server may be restarting, and its client waits only if it was connected before.
TRANSIENT_ERRORS: tuple[type[Exception], ...] = (Transient, httpx.TransportError)


def _key(context: TaskRunContext, inputs: Mapping[str, Any]) -> str | None:
    # A dry run discards its database, so its results must not be cached.
    if rehearsals.is_on():
        return None
    # The clock does not influence the result of a step.
    key_inputs = {name: value for name, value in inputs.items() if name != "clock"}
    return DEFAULT.compute_key(context, key_inputs, {})


def _key_of_verdicts(context: TaskRunContext, inputs: Mapping[str, Any]) -> str | None:
    """Return a cache key that changes when the year is judged again.

    Without access to the database there is no key: the step itself reports the error.
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
    """Return a cache key that changes when the year's data differ from the judged data."""
    key = _key(context, inputs)
    if key is None:
        return None
    try:
        return f"{key}-{inbox.asks_for_recheck(inputs['year'])}"
    except Refusal:
        return None


OF_THE_RUN = CachePolicy.from_cache_key_fn(_key)
# For steps that depend on a year's verdicts: executed again if the verdicts have changed.
OF_THE_VERDICTS = CachePolicy.from_cache_key_fn(_key_of_verdicts)
# For steps that depend on a year's data: executed again if the data have changed.
OF_THE_DATA = CachePolicy.from_cache_key_fn(_key_of_data)
# The result of the first call in a run, whatever the inputs.
ONCE_A_RUN = RUN_ID + TASK_SOURCE


def _is_transient(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    return isinstance(state.result(raise_on_failure=False), TRANSIENT_ERRORS)


def is_last_try() -> bool:
    """Return whether the running step has no retries left."""
    running = TaskRunContext.get()
    return running is None or running.task_run.run_count > running.task.retries


def step(
    name: str,
    *,
    waits: Sequence[float] = BACKOFF_SECONDS,
    kept: CachePolicy = OF_THE_RUN,
) -> Callable[[Callable[P, R]], Task[P, R]]:
    """Make a function a step: its result is cached for the run, transient errors are retried."""

    def made(function: Callable[P, R]) -> Task[P, R]:
        @wraps(function)
        def run(*arguments: P.args, **keywords: P.kwargs) -> R:
            run_locks.begin(name)
            get_run_logger().info("%s", wording.packaged().run_watch.begins)
            result = function(*arguments, **keywords)
            run_locks.end(name)
            return result

        return Task(
            run,
            # A plain str, not a StrEnum member: Prefect serializes it.
            name=str(name),
            persist_result=True,
            cache_policy=kept,
            retries=len(waits),
            retry_delay_seconds=list(waits),
            retry_jitter_factor=JITTER,
            retry_condition_fn=_is_transient,
        )

    return made
