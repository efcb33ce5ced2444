"""Audits: whether what stands in the ledger is what its history tells of."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from junheng.domain.history.hash_chain import BEGINNING, Event, Linked

Plain = Mapping[str, str | None]
"""A row as plainly as it can be read: every value as text, None where there is none."""

# Kept in rows of their own; their rows are numbered, and a snapshot lists them in that order.
CHILDREN = ("parts", "milestones")


@dataclass(frozen=True, slots=True)
class KeptRow:
    """A remediation as it stands in the database, whatever stands there."""

    values: Plain
    children: Mapping[str, tuple[Plain, ...]] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str | None, str | None]:
        return (self.values["district_code"], self.values["reference"])


@dataclass(slots=True)
class Told:
    """What the history says of one remediation: its newest snapshot, its row, its evaluation."""

    sequence: object
    became: Mapping[str, object] | None = None
    row: object = None
    evaluation: object = None


@dataclass(slots=True)
class Reading:
    """A district's chain while it is read, once: its length, its head, and what it tells of."""

    events: int = 0
    head: str = BEGINNING
    told: dict[str, Told] = field(default_factory=dict)
    unreadable: list[object] = field(default_factory=list)

    def through(self, chain: Iterable[Linked]) -> Iterator[Linked]:
        """Yield a chain as it is, and keep what its events tell of."""
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
            told = self.told.setdefault(str(event.reference), Told(event.sequence))
            told.sequence, told.became = event.sequence, became
            told.row = details.get("row", told.row)
            told.evaluation = details.get("evaluation", told.evaluation)


def _read(details: object) -> dict[str, object] | None:
    try:
        read = json.loads(details) if isinstance(details, str) else None
    except (ValueError, RecursionError):
        return None
    return read if isinstance(read, dict) else None


class Mismatch(StrEnum):
    """In what way the ledger is not what its history tells of."""

    DIFFERS = "differs"
    COUNT = "count"
    UNTOLD = "untold"
    GONE = "gone"
    STRAY = "stray"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as told: `of` names the list and `at` the place in it, if it is in one.

    `stands` is what stands there, `told` what the event of that sequence says.
    """

    problem: Mismatch
    reference: str | None
    sequence: object = None
    of: str = ""
    at: int = 0
    name: str = ""
    stands: str | None = None
    told: str | None = None


def differences(kept: Iterable[KeptRow], told: Mapping[str, Told]) -> tuple[Difference, ...]:
    """Return everything in which the rows of a district are not what its history tells of."""
    found: list[Difference] = []
    left = dict(told)
    for row in kept:
        reference = row.values["reference"]
        known = told.get(reference or "")
        left.pop(reference or "", None)
        if known is None:
            found.append(Difference(Mismatch.UNTOLD, reference))
        else:
            found += _of_row(row, known)
    found += [
        Difference(Mismatch.GONE, reference, known.sequence) for reference, known in left.items()
    ]
    return tuple(found)


def _of_row(row: KeptRow, known: Told) -> Iterator[Difference]:
    reference, became = row.values["reference"], dict(known.became or {})
    lists = {name: became.pop(name) for name in CHILDREN if name in became}
    # A history that tells of the row tells of its evaluation too, also that there is none.
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


def _of_children(row: KeptRow, known: Told, of: str, listed: list[object]) -> Iterator[Difference]:
    reference, stand = row.values["reference"], row.children.get(of, ())
    if len(stand) != len(listed):
        yield Difference(
            Mismatch.COUNT,
            reference,
            known.sequence,
            of=of,
            stands=str(len(stand)),
            told=str(len(listed)),
        )
        return
    for at, (child, said) in enumerate(zip(stand, listed, strict=True)):
        wanted = {"position": at} | (said if isinstance(said, dict) else {})
        for name, value in wanted.items():
            if name not in child or child[name] != written(value):
                yield Difference(
                    Mismatch.DIFFERS,
                    reference,
                    known.sequence,
                    of=of,
                    at=at,
                    name=name,
                    stands=child.get(name),
                    told=written(value),
                )


def written(value: object) -> str | None:
    """Return a value of a snapshot as its column would hold it, in plain text."""
    match value:
        case None | str():
            return value
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case _:
            return json.dumps(value, ensure_ascii=False, default=repr)
