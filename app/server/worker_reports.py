"""Makes Prefect's worker report a run whose process died only once.

Prefect reports such a run twice: when its process has ended, and again after its hooks, which take
seconds. The second report would crash a run that was retried meanwhile.
"""

from typing import Any

from prefect.workers.process import ProcessWorker

# The beginning of the second report's message; the first is "Process exited with status code".
SECOND = "Flow run infrastructure exited with non-zero status code"


def install() -> None:
    """Make the worker of this process omit its second report."""
    # Prefect has no public hook for this.
    report: Any = ProcessWorker._propose_crashed_state  # noqa: SLF001

    async def reported_once(worker: Any, run: Any, message: str, *more: Any, **named: Any) -> None:
        # If the first report failed because the server was down, run_watch detects the dead run.
        if not message.startswith(SECOND):
            await report(worker, run, message, *more, **named)

    ProcessWorker._propose_crashed_state = reported_once  # type: ignore[method-assign,assignment] # noqa: SLF001
