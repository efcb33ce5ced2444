"""Backups: the manifest, and differences between it and a restored database."""

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
    """The contents of a backup, and the SHA-256 of every file in it except the manifest."""

    form: int
    version: str
    district: str
    day: date
    made_at: datetime
    revision: str
    counts: dict[str, int]
    heads: dict[str, str]
    # The number of faults that the audit found in the ledger at the time of the backup.
    breaks: int
    members: dict[str, str]

    @property
    def snapshot(self) -> Snapshot:
        return Snapshot(self.revision, self.counts, self.heads)


def differences(expected: Snapshot, found: Snapshot) -> Iterator[tuple[str, object, object]]:
    """Yield each difference from a backup: the table or district, the expected and found value."""
    for wanted, actual in ((expected.counts, found.counts), (expected.heads, found.heads)):
        for name in sorted({*wanted, *actual}):
            if wanted.get(name) != actual.get(name):
                yield name, wanted.get(name), actual.get(name)
