"""Runs a flow as a run that can be retried like by the UI's Retry, in the test server."""

from collections import Counter
from typing import Any

import pytest
from prefect import Flow, Task, get_client
from prefect.client.schemas.objects import State, TaskRun
from prefect.flow_engine import run_flow
from prefect.states import AwaitingRetry

from tasks.steps import inbox, signing, steps


def without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the retry delay of every step to zero."""
    for module in (steps, signing, inbox):
        for member in vars(module).values():
            if isinstance(member, Task):
                monkeypatch.setattr(member, "retry_delay_seconds", [0] * member.retries)


class Retried:
    """One run of a flow, which is started and then retried with the same parameters."""

    def __init__(self, flow: Flow[..., Any], **parameters: Any) -> None:
        self.flow, self.parameters = flow, parameters
        with get_client(sync_client=True) as client:
            self.id = client.create_flow_run(flow, parameters=parameters).id

    def run(self) -> State[Any]:
        """Start the run, or retry it if it has ended."""
        with get_client(sync_client=True) as client:
            run = client.read_flow_run(self.id)
            if run.state is not None and run.state.is_final():
                client.set_flow_run_state(self.id, AwaitingRetry(), force=True)
                run = client.read_flow_run(self.id)
        state = run_flow(self.flow, flow_run=run, parameters=self.parameters, return_type="state")
        assert isinstance(state, State)
        return state

    def steps(self) -> Counter[tuple[str, str]]:
        """Return the number of task runs for each step and final state."""
        return Counter((_step_of(run), str(run.state_name)) for run in self._task_runs())

    def tries(self, step: str) -> list[int]:
        """Return the number of attempts of each task run of a step."""
        return [run.run_count for run in self._task_runs() if _step_of(run) == step]

    def _task_runs(self) -> list[TaskRun]:
        with get_client(sync_client=True) as client:
            return [run for run in client.read_task_runs() if run.flow_run_id == self.id]


def _step_of(run: TaskRun) -> str:
    return run.name.rsplit("-", 1)[0]
