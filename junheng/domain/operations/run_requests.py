"""Operations: requests for runs and schedules, as recorded in the history."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

# The prefix of our tags that name the person who requested a run.
BY = "by:"
MOST_REMEMBERED = 1000
LOOKING = frozenset({"GET", "HEAD"})


class Operation(StrEnum):
    """The kinds of operations; `begun` follows a `run` and names the created run.

    `state`, `deployment` and `other` exist only in histories from before the allow-list.
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


# Operations that are allowed, or must be reported, even if the history cannot be written.
WITHOUT_HISTORY = frozenset({Operation.RETRY, Operation.CANCEL, Operation.REFUSED})


@dataclass(frozen=True, slots=True)
class Asked:
    """A requested operation: its run or deployment, the stated person, and the reason."""

    operation: Operation
    run: str = ""
    deployment: str = ""
    said_by: str = ""
    reason: str = ""


@dataclass(slots=True)
class Refusals:
    """The refused reads recorded on a day: the UI repeats its requests by itself."""

    day: date | None = None
    told: set[tuple[str, str, str]] = field(default_factory=set)

    def is_told(self, person: str, method: str, path: str, *, on: date) -> bool:
        """Return whether a refusal was already recorded on the day, and remember it."""
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
