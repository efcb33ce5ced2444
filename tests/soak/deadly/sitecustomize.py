"""Kills a run's process, its worker or the server within a step, once, as an order file says.

Python imports a sitecustomize from PYTHONPATH at start-up, so the product needs no hook.
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
# The suffix of the file beside the order that contains the time of the kill.
DIED = ".died"
# Before a step does anything; around its first commit; and when it has returned, but Prefect has
# not recorded that yet.
BEGUN, BEFORE, AFTER, DONE = "begun", "before the commit", "after the commit", "done"
# The processes to kill; by default the run and its worker, as if the machine were lost.
RUN, WORKER, SERVER, BOTH = "run", "worker", "server", "run and worker"


def watch(order: Path) -> None:
    """Patch Prefect and SQLAlchemy to kill at the start, commit or end of the ordered step."""
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
    """Kill the processes that the order names if this is its moment; delete the order first."""
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


# Only the process of a run has a run id, and only the tests set an order.
if "PREFECT__FLOW_RUN_ID" in os.environ and ORDER in os.environ:
    watch(Path(os.environ[ORDER]))
