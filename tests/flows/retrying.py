"""Runs a flow as a run that may be retried, as the UI's Retry does, in the test server."""

from collections import Counter
from typing import Any

import pytest
from prefect import Flow, Task, get_client
from prefect.client.schemas.objects import State, TaskRun
from prefect.flow_engine import run_flow
from prefect.states import AwaitingRetry

from tasks.steps import inbox, signing, steps


def without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every step be tried again at once."""
    for module in (steps, signing, inbox):
        for one in vars(module).values():
            if isinstance(one, Task):
                monkeypatch.setattr(one, "retry_delay_seconds", [0] * one.retries)


class Retried:
    """One run of a flow, which is begun and then retried with the parameters it was begun with."""

    def __init__(self, flow: Flow[..., Any], **parameters: Any) -> None:
        self.flow, self.parameters = flow, parameters
        with get_client(sync_client=True) as client:
            self.id = client.create_flow_run(flow, parameters=parameters).id

    def run(self) -> State[Any]:
        """Begin it, or go on with it where it ended."""
        with get_client(sync_client=True) as client:
            found = client.read_flow_run(self.id)
            if found.state is not None and found.state.is_final():
                client.set_flow_run_state(self.id, AwaitingRetry(), force=True)
                found = client.read_flow_run(self.id)
        ended = run_flow(self.flow, flow_run=found, parameters=self.parameters, return_type="state")
        assert isinstance(ended, State)
        return ended

    def steps(self) -> Counter[tuple[str, str]]:
        """Return how often each step ended in which state."""
        return Counter((_step_of(run), str(run.state_name)) for run in self._task_runs())

    def tries(self, step: str) -> list[int]:
        """Return how often a step was tried, each time that the run came to it."""
        return [run.run_count for run in self._task_runs() if _step_of(run) == step]

    def _task_runs(self) -> list[TaskRun]:
        with get_client(sync_client=True) as client:
            return [run for run in client.read_task_runs() if run.flow_run_id == self.id]


def _step_of(run: TaskRun) -> str:
    return run.name.rsplit("-", 1)[0]
