"""Failures of runs: whether a run failed or crashed without a retry, and which failure it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.exceptions import ObjectNotFound

from tasks.chase.alarms import RUN

# TimedOut is a state name of the type FAILED.
FAILURES = (StateType.FAILED, StateType.CRASHED)


@dataclass(frozen=True, slots=True)
class Failure:
    """A run that failed or crashed and is not being retried; its failure states, oldest first."""

    run: FlowRun
    states: tuple[State, ...]
    is_first: bool

    @property
    def about(self) -> str:
        """Return the subject of the alarm: this failure, not an earlier one before a retry."""
        return f"{RUN}{self.run.id}:{self.states[0].id}"

    @property
    def names(self) -> tuple[str, ...]:
        """Return the possible subjects of its alarm, including that of earlier versions."""
        return (self.about, f"{RUN}{self.run.id}") if self.is_first else (self.about,)

    @property
    def is_crash(self) -> bool:
        return self.states[-1].type is StateType.CRASHED


def of(client: SyncPrefectClient, run_id: UUID) -> Failure | None:
    """Return the failure of a run; None if it did not fail, continues, or has no deployment."""
    try:
        run = client.read_flow_run(run_id)
    except ObjectNotFound:
        return None
    if run.deployment_id is None:
        return None
    states = client.read_flow_run_states(run_id)
    failures = _trailing(states)
    if not failures:
        return None
    before = states[: len(states) - len(failures)]
    is_first = not any(state.type in FAILURES for state in before)
    return Failure(run, failures, is_first=is_first)


def is_still_so(client: SyncPrefectClient, about: str) -> bool:
    """Return whether the failure of an alarm is current: the run has not been retried since."""
    if not about.startswith(RUN):
        return True
    failure = of(client, UUID(about.removeprefix(RUN).partition(":")[0]))
    return failure is not None and about in failure.names


def _trailing(states: Sequence[State]) -> tuple[State, ...]:
    """Return the trailing failure states: the run and its worker may both report the failure."""
    last = takewhile(lambda state: state.type in FAILURES, reversed(states))
    return tuple(reversed(tuple(last)))
