"""Audits the evidence: compares each entry with the history, and each file with its hash."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass
from typing import Any

from junheng import bootstrap
from junheng.adapters.files import evidence_files
from junheng.domain.history.hash_chain import EventKind
from junheng.store import auditing as store
from junheng.store import history
from junheng.store.database.database import Session
from junheng.wording.operations.audit import EvidenceBreaks


@dataclass(frozen=True, slots=True)
class Entry:
    """One piece of evidence, as stored in a row or recorded in an event; all fields are text."""

    reference: str
    unit: str
    kind: str
    name: str
    version: str
    sha256: str


def breaks(session: Session, district: str, wording: EvidenceBreaks) -> Iterator[str]:
    """Yield a line for each fault.

    A fault is a row without an event, an event without a row, or a file that is missing or changed.
    """
    folder = bootstrap.settings().evidence_folder
    stored = {_entry(row["reference"], row) for row in store.evidence(session, district)}
    recorded = set(_recorded_entries(session, district))
    for template, entries in (
        (wording.untold, stored - recorded),
        (wording.gone, recorded - stored),
    ):
        for entry in sorted(entries, key=astuple):
            yield _line(template, entry)
    for entry in sorted(stored & recorded, key=astuple):
        if not evidence_files.verify(folder, entry.sha256):
            yield _line(wording.file, entry)


def _recorded_entries(session: Session, district: str) -> Iterator[Entry]:
    for linked in history.every_chain(session):
        event = linked.event
        if (event.district_code, event.kind) != (district, EventKind.EVIDENCE_ADDED.value):
            continue
        try:
            details = json.loads(event.details)
        except ValueError:
            continue  # the audit of the hash chain reports an unreadable event
        yield _entry(event.reference, details | {"unit": event.unit})


def _entry(reference: object, values: Mapping[str, Any]) -> Entry:
    fields = ("unit", "kind", "name", "version", "sha256")
    return Entry(str(reference), *(str(values.get(field, "")) for field in fields))


def _line(template: str, entry: Entry) -> str:
    """Return the line about an entry, with unprintable characters escaped."""
    line = template.format(
        reference=entry.reference, kind=entry.kind, name=entry.name, version=entry.version
    )
    return "".join(
        character if character.isprintable() else ascii(character)[1:-1] for character in line
    )
