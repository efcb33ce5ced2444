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
# What may stand between a person's name and the units.
_SEPARATORS = re.compile(r"[（）()【】〔〕\[\]、，,；;/／|]")


class Dependence(StrEnum):
    """Why a person may not review a remediation."""

    OWN_REPORT = "own_report"
    NOT_OF_THE_OFFICE = "not_of_the_office"
    OFFICE_LEADS = "office_leads"


class NotIndependent(Exception):
    """We cannot make a move, because one of the `allowed` persons has to make it."""

    def __init__(self, dependence: Dependence, allowed: AbstractSet[str]) -> None:
        super().__init__(dependence.value)
        self.dependence = dependence
        self.allowed = allowed


@dataclass(frozen=True, slots=True)
class Reviewers:
    """The names that may review: the office itself, its staff, and the leading group's members."""

    office: str
    staff: frozenset[str]
    leaders: frozenset[str]


def check(
    remediation: Remediation, act: Act, events: Iterable[Event], reviewers: Reviewers
) -> None:
    """Check that a person may make a move of `REVIEWS`.

    Raises:
        NotIndependent: the person receipted or reported the remediation, or is not a reviewer.

    """
    office = reviewers.office
    reporters = _names_in_unit_moves(events)
    is_led_by_office = remediation.lead == office
    allowed = _allowed(reviewers, reporters, is_led_by_office=is_led_by_office)
    # "张三（创建办）": the office behind a person's name does not make its staff one person.
    names = _names(act.by) - {office} or _names(act.by)
    if not names.isdisjoint(reporters):
        raise NotIndependent(Dependence.OWN_REPORT, allowed)
    if _person(act.by) not in map(_person, allowed):
        dependence = Dependence.OFFICE_LEADS if is_led_by_office else Dependence.NOT_OF_THE_OFFICE
        raise NotIndependent(dependence, allowed)


def _allowed(
    reviewers: Reviewers, reporters: AbstractSet[str], *, is_led_by_office: bool
) -> frozenset[str]:
    """Return the names that may review.

    If the office leads, or its staff receipted or reported, the office's own name is not one.
    """
    names = reviewers.staff | reviewers.leaders
    has_staff_reported = any(_person(name) in reporters for name in reviewers.staff)
    if not is_led_by_office and not has_staff_reported:
        names |= {reviewers.office}
    return frozenset(name for name in names if _person(name) not in reporters)


def _person(by: str) -> str:
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
