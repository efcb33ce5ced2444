"""Kills a run's process and its worker within a step, once: where a file says so.

Python imports this by itself in every process whose path begins here; the product knows nothing.
"""

import json
import os
import signal
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

ORDER = "DEADLY_ORDER"
# Around the first commit of a step; and when all of it is done, but Prefect does not know yet.
BEFORE, AFTER, DONE = "before the commit", "after the commit", "done"


def watch(order: Path) -> None:
    """Kill around the first commit of the step that the order names, or at its end."""
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
            result = fn(*given, **more)
            die(order, DONE)
            return result

        begin(self, step, *arguments, **named)

    DefaultDialect.do_commit = watched  # type: ignore[method-assign]
    Task.__init__ = begun  # type: ignore[method-assign, assignment]


def die(order: Path, moment: str) -> None:
    """End this process and the worker that began it, if this is the moment; never twice."""
    from prefect.runtime import task_run

    if not order.exists():
        return
    wanted = json.loads(order.read_text("utf-8"))
    if wanted["moment"] == moment and (task_run.name or "").startswith(wanted["step"]):
        order.unlink()
        os.kill(os.getppid(), signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGKILL)


# Only a run's own process has one, and only the tests name an order.
if "PREFECT__FLOW_RUN_ID" in os.environ and ORDER in os.environ:
    watch(Path(os.environ[ORDER]))
