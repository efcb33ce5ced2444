"""Operations: what somebody did to the runs, as it stands in the history."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

# The mark of our own tags: who asked for a run.
BY = "by:"
MOST_REMEMBERED = 1000
LOOKING = frozenset({"GET", "HEAD"})


class Operation(StrEnum):
    """What somebody did; `begun` follows a `run` and says which run it became.

    `state`, `deployment` and `other` stand in histories of before there was a list of what is
    allowed.
    """

    RUN = "run"
    BEGUN = "begun"
    RETRY = "retry"
    CANCEL = "cancel"
    PAUSE = "pause"
    STATE = "state"
    RESUME = "resume"
    TIMETABLE = "timetable"
    DEPLOYMENT = "deployment"
    REFUSED = "refused"
    OTHER = "other"


# What must be possible, and what must be told, also while nothing can be written into the history.
WITHOUT_HISTORY = frozenset({Operation.RETRY, Operation.CANCEL, Operation.REFUSED})


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: of which run or deployment, under whose name, and why."""

    operation: Operation
    run: str = ""
    deployment: str = ""
    said_by: str = ""
    reason: str = ""


@dataclass(slots=True)
class Refusals:
    """Which looks were refused and told on a day: a page asks by itself, and again and again."""

    day: date | None = None
    told: set[tuple[str, str, str]] = field(default_factory=set)

    def is_told(self, person: str, method: str, path: str, *, on: date) -> bool:
        """Say whether a refusal stands in the history of the day already, and take it as told."""
        if method not in LOOKING and not path.endswith(("/filter", "/count")):
            return False
        if self.day != on or len(self.told) > MOST_REMEMBERED:
            self.day, self.told = on, set()
        refusal = (person, method, path)
        is_told = refusal in self.told
        self.told.add(refusal)
        return is_told


def tag_of(person: str) -> str:
    return f"{BY}{person}"
