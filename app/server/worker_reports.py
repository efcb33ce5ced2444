"""What Prefect's worker reports of a run whose process died: once, and not after its hooks.

Prefect reports such a run twice: when its process has ended, and again once its hooks have run,
which takes seconds. A run that was retried meanwhile was marked as crashed anew.
"""

from typing import Any

from prefect.workers.process import ProcessWorker

# The message of the second report alone; the first one says "Process exited with status code".
SECOND = "Flow run infrastructure exited with non-zero status code"


def put_in() -> None:
    """Have the worker of this process leave out its second report."""
    # Prefect has no other place for it.
    report: Any = ProcessWorker._propose_crashed_state  # noqa: SLF001

    async def reported_once(worker: Any, run: Any, message: str, *more: Any, **named: Any) -> None:
        # Where the first could not be made, as the server was away, the watch of runs finds it.
        if not message.startswith(SECOND):
            await report(worker, run, message, *more, **named)

    ProcessWorker._propose_crashed_state = reported_once  # type: ignore[method-assign,assignment] # noqa: SLF001
