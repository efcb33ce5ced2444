"""Kills a run's process, its worker or the server within a step, once: where a file says so.

Python imports this by itself in every process whose path begins here; the product knows nothing.
"""

import json
import os
import signal
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

ORDER = "DEADLY_ORDER"
# Beside the order it is written when somebody was killed.
DIED = ".died"
# Before anything of a step is done; around its first commit; and when all of it is done, but
# Prefect does not know yet.
BEGUN, BEFORE, AFTER, DONE = "begun", "before the commit", "after the commit", "done"
# Who is killed; without a word of it the run and its worker, as when the machine is lost.
RUN, WORKER, SERVER, BOTH = "run", "worker", "server", "run and worker"


def watch(order: Path) -> None:
    """Kill at the beginning or the end of the step that the order names, or around its commit."""
    from prefect import Task
    from sqlalchemy.engine.default import DefaultDialect

    commit: Callable[..., Any] = DefaultDialect.do_commit

    def watched(*arguments: Any) -> Any:
        die(order, BEFORE)
        done = commit(*arguments)
        die(order, AFTER)
        return done

    begin: Callable[..., None] = Task.__init__

    def begun(self: Any, fn: Callable[..., Any], *arguments: Any, **named: Any) -> None:
        @wraps(fn)
        def step(*given: Any, **more: Any) -> Any:
            die(order, BEGUN)
            result = fn(*given, **more)
            die(order, DONE)
            return result

        begin(self, step, *arguments, **named)

    DefaultDialect.do_commit = watched  # type: ignore[method-assign]
    Task.__init__ = begun  # type: ignore[method-assign, assignment]


def die(order: Path, moment: str) -> None:
    """End the processes that the order names, if this is the moment; never twice."""
    from prefect.runtime import task_run

    if not order.exists():
        return
    wanted = json.loads(order.read_text("utf-8"))
    if wanted["moment"] == moment and (task_run.name or "").startswith(wanted["step"]):
        worker, run = os.getppid(), os.getpid()
        order.with_suffix(DIED).write_text(str(time.time()), "utf-8")
        order.unlink()
        killed = {RUN: [run], WORKER: [worker], BOTH: [worker, run]}
        for process in killed.get(wanted.get("who", BOTH)) or [wanted["server"]]:
            os.kill(process, signal.SIGKILL)


# Only a run's own process has one, and only the tests name an order.
if "PREFECT__FLOW_RUN_ID" in os.environ and ORDER in os.environ:
    watch(Path(os.environ[ORDER]))
