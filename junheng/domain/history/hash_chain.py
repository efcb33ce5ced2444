"""The history as a chain: each event carries the hash of the one before it."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, Generic, Self, TypeVar

# What stands before the first event of a district.
BEGINNING = "0" * 64


class EventKind(StrEnum):
    """What an event tells of."""

    MOVED = "moved"
    EVIDENCE_ADDED = "evidence_added"
    MILESTONE_SET = "milestone_set"
    REPLIED = "replied"
    CONFIG_CHANGED = "config_changed"
    GAPS_OVERRIDDEN = "gaps_overridden"
    # A move that was asked for and not allowed: kept for the one who must explain it.
    REFUSED = "refused"
    # The office was asked to sign drafts off, answered, or let the day pass.
    SIGN_OFF = "sign_off"
    # What was said of a remediation that stays where it is.
    NOTED = "noted"
    # What a person asked of the runs or their timetable.
    OPERATED = "operated"


DayT = TypeVar("DayT")
KindT = TypeVar("KindT")
DetailsT = TypeVar("DetailsT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling(Generic[DayT, KindT, DetailsT]):
    """What is told, in the order in which it is hashed: typed in a Happening, text in an Event.

    `day` is the office's day it counts for, `unit` the supporting unit whose part it is, '' where
    it is the lead's or nobody's.
    """

    day: DayT
    kind: KindT
    reference: str = ""
    unit: str = ""
    move: str = ""
    was: str = ""
    became: str = ""
    by: str
    reason: str = ""
    details: DetailsT


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening(Telling[date, EventKind, Mapping[str, object]]):
    """What is to be told."""

    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event(Telling[str, str, str]):
    """One event as it is kept: every field is text, exactly what is hashed.

    `at` is the instant (UTC, ISO 8601), `details` canonical JSON.
    """

    district_code: str
    sequence: int
    at: str

    @classmethod
    def of(cls, happening: Happening, *, district_code: str, sequence: int, at: datetime) -> Self:
        """Return a happening as it is kept, in its place in a district's history."""
        told: dict[str, Any] = {name: getattr(happening, name) for name in TOLD_FIELDS}
        texts = {
            "day": happening.day.isoformat(),
            "kind": happening.kind.value,
            "details": canonical(happening.details),
        }
        instant = at.astimezone(UTC).isoformat()
        return cls(district_code=district_code, sequence=sequence, at=instant, **told | texts)


TOLD_FIELDS = tuple(field.name for field in fields(Telling))
_PLACE_FIELDS = tuple(field.name for field in fields(Event) if field.name not in TOLD_FIELDS)
# The fields of an event in the order in which they are hashed.
EVENT_FIELDS = (*_PLACE_FIELDS, *TOLD_FIELDS)


@dataclass(frozen=True, slots=True)
class Linked:
    """An event in its place in the chain."""

    event: Event
    previous_hash: str
    hash: str


def canonical(details: Mapping[str, object]) -> str:
    """Return details as the one text that stands for them."""
    return json.dumps(details, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def link(event: Event, *, previous_hash: str) -> Linked:
    """Return an event linked to the hash of the one before it."""
    return Linked(event, previous_hash, _hash(event, previous_hash))


def _hash(event: Event, previous_hash: str) -> str:
    # As a JSON list, so that no text can pass for two fields, or two for one. What somebody put
    # there that JSON does not know has a hash too, and not that of what was written.
    values = [previous_hash, *(getattr(event, name) for name in EVENT_FIELDS)]
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"), default=repr)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Break:
    """Where a chain does not hold: the sequence, and what is wrong there."""

    sequence: object
    problem: "BreakKind"


class BreakKind(StrEnum):
    """In what way a chain does not hold."""

    MISSING = "missing"
    CHANGED = "changed"
    UNLINKED = "unlinked"
    HEAD_UNKNOWN = "head_unknown"


def breaks(chain: Iterable[Linked], *, printed_head: str | None = None) -> tuple[Break, ...]:
    """Return every place where a chain does not hold, oldest first.

    `printed_head` is the head as some report printed it, or its beginning: it must be in the
    chain, which tells whether its end was cut off.
    """
    found: list[Break] = []
    expected, previous = 1, BEGINNING
    is_known = BEGINNING.startswith(printed_head or "")
    for linked in chain:
        event = linked.event
        if event.sequence != expected:
            found.append(Break(event.sequence, BreakKind.MISSING))
        elif linked.previous_hash != previous:
            found.append(Break(event.sequence, BreakKind.UNLINKED))
        if linked.hash != _hash(event, linked.previous_hash):
            found.append(Break(event.sequence, BreakKind.CHANGED))
        is_known = is_known or str(linked.hash).startswith(printed_head or "")
        is_number = isinstance(event.sequence, int)
        expected, previous = (event.sequence if is_number else expected) + 1, linked.hash
    if not is_known:
        found.append(Break(expected - 1, BreakKind.HEAD_UNKNOWN))
    return tuple(found)
