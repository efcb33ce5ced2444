"""Audits the stored ladders: the content of each matches its digest."""

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
    """Yield a line for each remediation whose ladder is missing or changed."""
    is_intact = {
        digest: _has_digest(digest, content)
        for digest, content in store.ladders(session, district).items()
    }
    for row in rows:
        digest = row.values["ladder"]
        if digest and not is_intact.get(digest):
            sentence = wording.changed if digest in is_intact else wording.gone
            yield sentence.format(reference=row.values["reference"])


def _has_digest(digest: str, content: str | None) -> bool:
    try:
        parsed = json.loads(content or "")
    except (ValueError, RecursionError):
        return False
    return isinstance(parsed, dict) and ladder.digest_of(parsed) == digest
