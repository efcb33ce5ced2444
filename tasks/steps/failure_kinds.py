"""Failures of runs: whether a run failed or died and goes on no more, and which failure it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.exceptions import ObjectNotFound

from tasks.chase.alarms import RUN

# TimedOut is a name of the type FAILED.
FAILURES = (StateType.FAILED, StateType.CRASHED)


@dataclass(frozen=True, slots=True)
class Failure:
    """A run that failed or died and is not being retried: the states since then, oldest first."""

    run: FlowRun
    states: tuple[State, ...]
    is_first: bool

    @property
    def about(self) -> str:
        """Return what its alarm is about: this failure, not the one before a retry."""
        return f"{RUN}{self.run.id}:{self.states[0].id}"

    @property
    def names(self) -> tuple[str, ...]:
        """Return what its alarm may be about: earlier versions told of a run's first failure."""
        return (self.about, f"{RUN}{self.run.id}") if self.is_first else (self.about,)

    @property
    def is_crash(self) -> bool:
        return self.states[-1].type is StateType.CRASHED


def of(client: SyncPrefectClient, run_id: UUID) -> Failure | None:
    """Return how a run failed; None where it did not, goes on, or is of no deployment."""
    try:
        run = client.read_flow_run(run_id)
    except ObjectNotFound:
        return None
    if run.deployment_id is None:
        return None
    states = client.read_flow_run_states(run_id)
    since = _trailing(states)
    if not since:
        return None
    before = states[: len(states) - len(since)]
    return Failure(run, since, is_first=not any(one.type in FAILURES for one in before))


def is_still_so(client: SyncPrefectClient, about: str) -> bool:
    """Return whether what an alarm tells of still holds: the run has not been retried since."""
    if not about.startswith(RUN):
        return True
    failure = of(client, UUID(about.removeprefix(RUN).partition(":")[0]))
    return failure is not None and about in failure.names


def _trailing(states: Sequence[State]) -> tuple[State, ...]:
    """Return the failures at the end: a worker may report a run that reported itself before."""
    last = takewhile(lambda state: state.type in FAILURES, reversed(states))
    return tuple(reversed(tuple(last)))
