"""Runs of a deployment in the test server, set to the states that a test needs."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

import pytest
from prefect import Flow, get_client
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.actions import DeploymentScheduleCreate
from prefect.client.schemas.objects import FlowRun, State
from prefect.client.schemas.schedules import CronSchedule
from prefect.flow_engine import run_flow
from prefect.states import AwaitingRetry, Pending, Running

from junheng.adapters import run_locks
from junheng.settings import Home

HOURLY = CronSchedule(cron="0 * * * *", timezone="Asia/Shanghai")


@contextmanager
def deployed(
    name: str = "annual-round", *, schedule: CronSchedule | None = None
) -> Iterator[tuple[SyncPrefectClient, UUID]]:
    """Yield a client and a deployment of that name, and delete it with its runs at the end."""
    with get_client(sync_client=True) as client:
        flow_id = client.create_flow_from_name(name)
        timetable = [] if schedule is None else [DeploymentScheduleCreate(schedule=schedule)]
        deployment = client.create_deployment(flow_id, name=name, schedules=timetable)
        try:
            yield client, deployment
        finally:
            of_it = {"flow_runs": {"deployment_id": {"any_": [str(deployment)]}}}
            for run in client.request("POST", "/flow_runs/filter", json=of_it).json():
                client.delete_flow_run(UUID(run["id"]))
            client.delete_deployment(deployment)


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a deployment."""

    client: SyncPrefectClient
    id: UUID

    @classmethod
    def of(cls, client: SyncPrefectClient, deployment: UUID, **parameters: object) -> Self:
        """Create a run as a person does."""
        made = client.create_flow_run_from_deployment(deployment, parameters=parameters)
        return cls(client, made.id)

    @property
    def now(self) -> FlowRun:
        return self.client.read_flow_run(self.id)

    @property
    def state(self) -> str:
        """Return the name or type of its current state."""
        return str(self.now.state_type.value if self.now.state_type else None)

    def set(self, *states: State) -> Self:
        """Force it into one state after the other."""
        for state in states:
            self.client.set_flow_run_state(self.id, state, force=True)
        return self

    def begun(self) -> Self:
        """Set the states of a run that a worker has taken and its process has begun."""
        return self.set(Pending(), Running())

    def retried(self) -> Self:
        """Retry it, and begin again."""
        return self.set(AwaitingRetry()).begun()

    def carried_out(self, flow: Flow[..., Any], **parameters: object) -> State:
        """Execute a flow as this run, in this process, which holds the run's lock."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(run_locks, "_held", {})
            run_locks.hold(Home().running_folder, str(self.id))
            ended = run_flow(flow, flow_run=self.now, parameters=parameters, return_type="state")
            run_locks.release_all()
        assert isinstance(ended, State)
        return ended
