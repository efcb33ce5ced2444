"""One step of a round: what it is called, and how it runs here and under Prefect."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

Order = TypeVar("Order")


@dataclass(frozen=True, slots=True)
class Step(Generic[Order]):
    """One step: as it runs in this process, and as Prefect runs it."""

    name: str
    run: Callable[[Order], object]
    run_in_prefect: Callable[[Order], object]
