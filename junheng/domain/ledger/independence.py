"""Independent review: nobody reviews or closes a remediation that they receipted or reported."""

import re
import unicodedata
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum

from junheng.domain.history.hash_chain import Event, EventKind
from junheng.domain.ledger.lifecycle import Move
from junheng.domain.ledger.remediation import Act, Remediation

REVIEWS = frozenset({Move.REVIEW, Move.CLOSE, Move.OVERRIDE_CLOSE})
_UNIT_MOVES = frozenset({Move.RECEIPT.value, Move.START.value, Move.REPORT.value})
# After one of these moves the unit starts anew, and earlier receipts and reports do not count.
_RESTARTS = frozenset({Move.HAND_OVER.value, Move.REOPEN.value, Move.REASSIGN.value})


_SEPARATORS = re.compile(r"[（）()【】〔〕\[\]、，,；;/／|]")


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

    def of(self, remediation: Remediation, events: Iterable[Event]) -> frozenset[str]:
        """Return the names that may review a remediation.

        If the office leads it, or somebody of the office receipted or reported it, only persons
        may review it, not "the office".
        """
        persons = self.staff | self.leaders
        is_own = remediation.lead == self.office
        acted = _names_in_unit_moves(events)
        has_acted = not acted.isdisjoint(map(person, self.staff))
        allowed = persons if is_own or has_acted else persons | {self.office}
        return frozenset(name for name in allowed if person(name) not in acted)


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
    moved = tuple(events)
    # The office's own name behind a person is no sign of who reported.
    names = _names(act.by) - {reviewers.office} or _names(act.by)
    if not names.isdisjoint(_names_in_unit_moves(moved)):
        raise NotIndependent(Dependence.OWN_REPORT)
    if person(act.by) not in map(person, reviewers.of(remediation, moved)):
        is_led_by_office = remediation.lead == reviewers.office
        raise NotIndependent(
            Dependence.OFFICE_LEADS if is_led_by_office else Dependence.NOT_OF_THE_OFFICE
        )


def person(by: str) -> str:
    """Return the name of a person: what stands before the units in brackets, '' for nothing."""
    return _plain(_SEPARATORS.split(by, maxsplit=1)[0])


def _names(by: str) -> frozenset[str]:
    """Return every name in the text of an author: of the person, and of units beside it."""
    return frozenset(map(_plain, _SEPARATORS.split(by))) - {""}


def _plain(name: str) -> str:
    """Return a name in which only visible characters count, however they are typed."""
    typed = unicodedata.normalize("NFKC", name)
    return "".join(sign for sign in typed if unicodedata.category(sign)[0] not in "CZ")


def _names_in_unit_moves(events: Iterable[Event]) -> AbstractSet[str]:
    """Return the names of the persons who made a unit move since the last restart, on any part."""
    names: set[str] = set()
    # A refused act is an event too.
    made = (event for event in events if event.kind == EventKind.MOVED.value)
    for event in made:
        if event.move in _RESTARTS:
            names.clear()
        elif event.move in _UNIT_MOVES:
            names |= _names(event.by)
    return names
