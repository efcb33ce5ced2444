"""The history as a hash chain: each event contains the hash of the previous one."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, Generic, Self, TypeVar

# The previous hash of the first event of a district.
BEGINNING = "0" * 64


class EventKind(StrEnum):
    """The kinds of events."""

    MOVED = "moved"
    EVIDENCE_ADDED = "evidence_added"
    MILESTONE_SET = "milestone_set"
    REPLIED = "replied"
    CONFIG_CHANGED = "config_changed"
    GAPS_OVERRIDDEN = "gaps_overridden"
    # A move that was requested and not allowed: stored for the person who must explain it.
    REFUSED = "refused"
    # The office was asked to sign drafts off, answered, or missed the deadline.
    SIGN_OFF = "sign_off"
    # A note on a remediation whose status does not change.
    NOTED = "noted"
    # A person's request for runs or schedules.
    OPERATED = "operated"


DayT = TypeVar("DayT")
KindT = TypeVar("KindT")
DetailsT = TypeVar("DetailsT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Content(Generic[DayT, KindT, DetailsT]):
    """The content in the order in which it is hashed: typed in a Happening, text in an Event.

    `day` is the office's day it counts for, `unit` the supporting unit whose part it is, '' if it
    is not about a part.
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
class Happening(Content[date, EventKind, Mapping[str, object]]):
    """The typed content of an event that is not stored yet."""

    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event(Content[str, str, str]):
    """One event as it is stored: every field is text, exactly as it is hashed.

    `at` is the instant (UTC, ISO 8601), `details` canonical JSON.
    """

    district_code: str
    sequence: int
    at: str

    @classmethod
    def of(cls, happening: Happening, *, district_code: str, sequence: int, at: datetime) -> Self:
        """Return the event of a happening, at its position in a district's history."""
        content: dict[str, Any] = {name: getattr(happening, name) for name in CONTENT_FIELDS}
        texts = {
            "day": happening.day.isoformat(),
            "kind": happening.kind.value,
            "details": canonical(happening.details),
        }
        instant = at.astimezone(UTC).isoformat()
        return cls(district_code=district_code, sequence=sequence, at=instant, **content | texts)


CONTENT_FIELDS = tuple(field.name for field in fields(Content))
_POSITION_FIELDS = tuple(field.name for field in fields(Event) if field.name not in CONTENT_FIELDS)
# The fields of an event in the order in which they are hashed.
EVENT_FIELDS = (*_POSITION_FIELDS, *CONTENT_FIELDS)


@dataclass(frozen=True, slots=True)
class Linked:
    """An event with the hashes that link it into the chain."""

    event: Event
    previous_hash: str
    hash: str


def canonical(details: Mapping[str, object]) -> str:
    """Return details as canonical JSON."""
    return json.dumps(details, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def link(event: Event, *, previous_hash: str) -> Linked:
    """Return an event linked to the hash of the previous one."""
    return Linked(event, previous_hash, _hash(event, previous_hash))


def _hash(event: Event, previous_hash: str) -> str:
    # As a JSON list, so that no text can be read as two fields, or two texts as one. A manipulated
    # value that JSON does not support is hashed by its repr, which differs from the original hash.
    values = [previous_hash, *(getattr(event, name) for name in EVENT_FIELDS)]
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"), default=repr)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Break:
    """A fault in a chain: its sequence and kind."""

    sequence: object
    problem: "BreakKind"


class BreakKind(StrEnum):
    """The kinds of faults in a chain."""

    MISSING = "missing"
    CHANGED = "changed"
    UNLINKED = "unlinked"
    HEAD_UNKNOWN = "head_unknown"


def breaks(chain: Iterable[Linked], *, printed_head: str | None = None) -> tuple[Break, ...]:
    """Return every fault in a chain, oldest first.

    `printed_head` is the head printed in a report, or its first characters: if the chain does not
    contain it, its end was cut off.
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
