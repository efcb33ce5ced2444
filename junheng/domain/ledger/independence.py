"""Independent review: nobody reviews or closes a remediation that they receipted or reported."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from junheng.domain.history.hash_chain import Event, EventKind
from junheng.domain.ledger.lifecycle import Move
from junheng.domain.ledger.remediation import Act, Remediation

REVIEWS = frozenset({Move.REVIEW, Move.CLOSE, Move.OVERRIDE_CLOSE})
_UNIT_MOVES = frozenset({Move.RECEIPT.value, Move.START.value, Move.REPORT.value})
# After one of these moves the unit starts anew, and earlier receipts and reports do not count.
_RESTARTS = frozenset({Move.HAND_OVER.value, Move.REOPEN.value, Move.REASSIGN.value})


_BRACKET = re.compile(r"[（(]")


class Dependence(StrEnum):
    """Why a person may not review a remediation."""

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
    """The names that may review: the office itself, its staff, and the leading group's members."""

    office: str
    staff: frozenset[str]
    leaders: frozenset[str]

    def of(self, remediation: Remediation) -> frozenset[str]:
        """Return the names that may review a remediation.

        If the office itself leads it, only persons may review it, not "the office".
        """
        persons = self.staff | self.leaders
        return persons if remediation.lead == self.office else persons | {self.office}


def check(
    remediation: Remediation, act: Act, events: Iterable[Event], reviewers: Reviewers
) -> None:
    """Check that a person may make a reviewing move; other moves always pass.

    An act of a supporting unit on its own part always passes too.

    Raises:
        NotIndependent: the person receipted or reported the remediation, or is not a reviewer.

    """
    if act.move not in REVIEWS or act.unit:
        return
    name = person(act.by)
    if name in _names_in_unit_moves(events):
        raise NotIndependent(Dependence.OWN_REPORT)
    if name not in map(person, reviewers.of(remediation)):
        is_led_by_office = remediation.lead == reviewers.office
        raise NotIndependent(
            Dependence.OFFICE_LEADS if is_led_by_office else Dependence.NOT_OF_THE_OFFICE
        )


def person(by: str) -> str:
    """Return the name of a person without spaces, and without the units in brackets behind it."""
    return "".join(_BRACKET.split(by, maxsplit=1)[0].split())


def _names_in_unit_moves(events: Iterable[Event]) -> Collection[str]:
    """Return the names of the persons who made a unit move since the last restart, on any part."""
    names: set[str] = set()
    # A refused act is an event too.
    made = (event for event in events if event.kind == EventKind.MOVED.value)
    for event in made:
        if event.move in _RESTARTS:
            names.clear()
        elif event.move in _UNIT_MOVES:
            names.add(person(event.by))
    return names
