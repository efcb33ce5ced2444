"""Proves the kept ladders: each is, by its hash, what was promised to whoever climbs it."""

import json
from collections.abc import Iterable, Iterator

from junheng.domain.chase import ladder
from junheng.domain.history.auditing import KeptRow
from junheng.store import auditing as store
from junheng.store.database.database import Session
from junheng.wording.operations.audit import LadderBreaks


def breaks(
    session: Session, district: str, rows: Iterable[KeptRow], wording: LadderBreaks
) -> Iterator[str]:
    """Yield a line for each remediation whose ladder is gone or is not what it was."""
    kept = {
        digest: _is_itself(digest, content)
        for digest, content in store.ladders(session, district).items()
    }
    for row in rows:
        digest = row.values["ladder"]
        if digest and not kept.get(digest):
            sentence = wording.changed if digest in kept else wording.gone
            yield sentence.format(reference=row.values["reference"])


def _is_itself(digest: str, content: str | None) -> bool:
    try:
        read = json.loads(content or "")
    except (ValueError, RecursionError):
        return False
    return isinstance(read, dict) and ladder.digest_of(read) == digest
