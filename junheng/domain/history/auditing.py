"""Audits: comparing the rows of the ledger with its history."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from junheng.domain.history.hash_chain import BEGINNING, Event, Linked

Plain = Mapping[str, str | None]
"""A row read without validation: every value as text, None for NULL."""

# Stored in separate, numbered rows; a snapshot lists them in the order of their numbers.
CHILDREN = ("parts", "milestones")


@dataclass(frozen=True, slots=True)
class KeptRow:
    """A remediation as it is stored in the database, valid or not."""

    values: Plain
    children: Mapping[str, tuple[Plain, ...]] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str | None, str | None]:
        return (self.values["district_code"], self.values["reference"])


@dataclass(slots=True)
class Recorded:
    """The state of one remediation by the history: its newest snapshot, row id and evaluation."""

    sequence: object
    became: Mapping[str, object] | None = None
    row: object = None
    evaluation: object = None


@dataclass(slots=True)
class Reading:
    """Collects a district's chain while it is read once: its length, head and recorded states."""

    events: int = 0
    head: str = BEGINNING
    recorded: dict[str, Recorded] = field(default_factory=dict)
    unreadable: list[object] = field(default_factory=list)

    def through(self, chain: Iterable[Linked]) -> Iterator[Linked]:
        """Yield a chain unchanged, and keep the states that its events record."""
        for linked in chain:
            self.events += 1
            self.head = str(linked.hash)
            self._note(linked.event)
            yield linked

    def _note(self, event: Event) -> None:
        details = _read(event.details)
        if details is None:
            self.unreadable.append(event.sequence)
        elif event.reference and isinstance(became := details.get("became"), dict):
            state = self.recorded.setdefault(str(event.reference), Recorded(event.sequence))
            state.sequence, state.became = event.sequence, became
            state.row = details.get("row", state.row)
            state.evaluation = details.get("evaluation", state.evaluation)


def _read(details: object) -> dict[str, object] | None:
    try:
        read = json.loads(details) if isinstance(details, str) else None
    except (ValueError, RecursionError):
        return None
    return read if isinstance(read, dict) else None


class Mismatch(StrEnum):
    """In what way the ledger differs from its history."""

    DIFFERS = "differs"
    COUNT = "count"
    UNTOLD = "untold"
    GONE = "gone"
    STRAY = "stray"


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference: `of` names the list and `at` the position in it, if it is in a list.

    `stands` is the value in the row, `told` the value in the event of that sequence.
    """

    problem: Mismatch
    reference: str | None
    sequence: object = None
    of: str = ""
    at: int = 0
    name: str = ""
    stands: str | None = None
    told: str | None = None


def differences(
    kept: Iterable[KeptRow], recorded: Mapping[str, Recorded]
) -> tuple[Difference, ...]:
    """Return every difference between the rows of a district and its history."""
    found: list[Difference] = []
    left = dict(recorded)
    for row in kept:
        reference = row.values["reference"]
        known = recorded.get(reference or "")
        left.pop(reference or "", None)
        if known is None:
            found.append(Difference(Mismatch.UNTOLD, reference))
        else:
            found += _of_row(row, known)
    found += [
        Difference(Mismatch.GONE, reference, known.sequence) for reference, known in left.items()
    ]
    return tuple(found)


def _of_row(row: KeptRow, known: Recorded) -> Iterator[Difference]:
    reference, became = row.values["reference"], dict(known.became or {})
    lists = {name: became.pop(name) for name in CHILDREN if name in became}
    # An event that records the row also records its evaluation, or that there is none.
    numbers = {"id": known.row, "evaluation_id": known.evaluation}
    wanted = became | (numbers if known.row is not None else {})
    for name, value in wanted.items():
        if name not in row.values or row.values[name] != written(value):
            yield Difference(
                Mismatch.DIFFERS,
                reference,
                known.sequence,
                name=name,
                stands=row.values.get(name),
                told=written(value),
            )
    for of, listed in lists.items():
        yield from _of_children(row, known, of, listed if isinstance(listed, list) else [])


def _of_children(
    row: KeptRow, known: Recorded, of: str, listed: list[object]
) -> Iterator[Difference]:
    reference, children = row.values["reference"], row.children.get(of, ())
    if len(children) != len(listed):
        yield Difference(
            Mismatch.COUNT,
            reference,
            known.sequence,
            of=of,
            stands=str(len(children)),
            told=str(len(listed)),
        )
        return
    for position, (child, entry) in enumerate(zip(children, listed, strict=True)):
        wanted = {"position": position} | (entry if isinstance(entry, dict) else {})
        for name, value in wanted.items():
            if name not in child or child[name] != written(value):
                yield Difference(
                    Mismatch.DIFFERS,
                    reference,
                    known.sequence,
                    of=of,
                    at=position,
                    name=name,
                    stands=child.get(name),
                    told=written(value),
                )


def written(value: object) -> str | None:
    """Return a value of a snapshot as the text of its database column."""
    match value:
        case None | str():
            return value
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case _:
            return json.dumps(value, ensure_ascii=False, default=repr)
