"""Proves the evidence: files are what was entered, entries what the history tells of."""

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
    """One piece of evidence, as a row or an event has it: everything as text."""

    reference: str
    unit: str
    kind: str
    name: str
    version: str
    sha256: str


def breaks(session: Session, district: str, wording: EvidenceBreaks) -> Iterator[str]:
    """Yield a line for each file that is gone or changed, and each entry nobody told of."""
    folder = bootstrap.settings().evidence_folder
    kept = {_entry(row["reference"], row) for row in store.evidence(session, district)}
    told = set(_told(session, district))
    for sentence, entries in ((wording.untold, kept - told), (wording.gone, told - kept)):
        for one in sorted(entries, key=astuple):
            yield _said(sentence, one)
    for one in sorted(kept & told, key=astuple):
        if not evidence_files.verify(folder, one.sha256):
            yield _said(wording.file, one)


def _told(session: Session, district: str) -> Iterator[Entry]:
    for linked in history.every_chain(session):
        event = linked.event
        if (event.district_code, event.kind) != (district, EventKind.EVIDENCE_ADDED.value):
            continue
        try:
            details = json.loads(event.details)
        except ValueError:
            continue  # a link that cannot be read is a finding of the chain itself
        yield _entry(event.reference, details | {"unit": event.unit})


def _entry(reference: object, values: Mapping[str, Any]) -> Entry:
    names = ("unit", "kind", "name", "version", "sha256")
    return Entry(str(reference), *(str(values.get(name, "")) for name in names))


def _said(sentence: str, one: Entry) -> str:
    said = sentence.format(
        reference=one.reference, kind=one.kind, name=one.name, version=one.version
    )
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in said)
