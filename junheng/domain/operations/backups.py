"""Backups: what one says of itself, and how a database restored from it may differ."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from junheng.values import Frozen

FORM = 1


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A database at one moment: its revision, its rows by table, the head of each history."""

    revision: str
    counts: Mapping[str, int]
    heads: Mapping[str, str]


class Manifest(Frozen):
    """What a backup holds, and the SHA-256 of every file in it but this one."""

    form: int
    version: str
    district: str
    day: date
    made_at: datetime
    revision: str
    counts: dict[str, int]
    heads: dict[str, str]
    # Places at which the ledger did not hold against its history when it was backed up.
    breaks: int
    members: dict[str, str]

    @property
    def snapshot(self) -> Snapshot:
        return Snapshot(self.revision, self.counts, self.heads)


def differences(told: Snapshot, found: Snapshot) -> Iterator[tuple[str, object, object]]:
    """Yield what is not as a backup told: the table or district, what was told, what is there."""
    for was, became in ((told.counts, found.counts), (told.heads, found.heads)):
        for name in sorted({*was, *became}):
            if was.get(name) != became.get(name):
                yield name, was.get(name), became.get(name)
