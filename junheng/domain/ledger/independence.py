"""An independent review: whoever receipted or reported an item neither reviews nor closes it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from junheng.domain.history.hash_chain import Event
from junheng.domain.ledger.lifecycle import Move
from junheng.domain.ledger.remediation import Act, Remediation

REVIEWS = frozenset({Move.REVIEW, Move.CLOSE, Move.OVERRIDE_CLOSE})
_UNITS_OWN = frozenset({Move.RECEIPT.value, Move.START.value, Move.REPORT.value})
# With these, the unit begins again.
_BEGINNINGS = frozenset({Move.HAND_OVER.value, Move.REOPEN.value, Move.REASSIGN.value})


class Dependence(StrEnum):
    """Why a person may not review an item."""

    OWN_REPORT = "own_report"
    NOT_OF_THE_OFFICE = "not_of_the_office"
    OFFICE_LEADS = "office_leads"


class NotIndependent(Exception):
    """We cannot make a move, because another person has to make it."""

    def __init__(self, dependence: Dependence) -> None:
        super().__init__(dependence.value)
        self.dependence = dependence


@dataclass(frozen=True, slots=True)
class Reviewers:
    """Who reviews: the office by its own name, its staff, and the leaders above it, by name."""

    office: str
    staff: frozenset[str]
    leaders: frozenset[str]

    def of(self, held: Remediation) -> frozenset[str]:
        """Return the names that may review an item; what the office leads, named persons only."""
        named = self.staff | self.leaders
        return named if held.lead == self.office else named | {self.office}


def check(held: Remediation, act: Act, events: Iterable[Event], reviewers: Reviewers) -> None:
    """Do nothing if a person may make a move.

    Raises:
        NotIndependent: the person receipted or reported the item, or is not of the office.

    """
    if act.move not in REVIEWS or act.unit:
        return
    name = person(act.by)
    if name in _acted(events):
        raise NotIndependent(Dependence.OWN_REPORT)
    if name not in reviewers.of(held):
        is_office = held.lead == reviewers.office
        raise NotIndependent(Dependence.OFFICE_LEADS if is_office else Dependence.NOT_OF_THE_OFFICE)


def person(by: str) -> str:
    """Return the name of a person, without the units that chat writes behind it in brackets."""
    return by.partition("（")[0].strip()


def _acted(events: Iterable[Event]) -> Collection[str]:
    """Return who receipted or reported since the unit began, of the lead's part and any other."""
    names: set[str] = set()
    for event in events:
        if event.move in _BEGINNINGS:
            names.clear()
        elif event.move in _UNITS_OWN:
            names.add(person(event.by))
    return names
