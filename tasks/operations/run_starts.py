"""Runs: who began one by hand, and why, is written into the history."""

from datetime import datetime

from junheng import bootstrap
from junheng.domain.history.hash_chain import EventKind, Happening
from junheng.domain.operations.run_requests import Operation
from junheng.settings import OFFICE_ZONE
from junheng.store import history
from junheng.store.history import History


def note_started(by: str, reason: str, *, work: str, run: str, run_id: str, now: datetime) -> None:
    """Append who began a run and why; nothing where nobody did, and nothing a second time."""
    if not by.strip() and not reason.strip():
        return
    rulebook = bootstrap.rulebook()
    district = rulebook.district.code
    who = by.strip() or str(rulebook.wording["runs"]["unnamed"])
    details = {"deployment": "", "request": "", "said_by": by.strip(), "work": work}
    named = {"run": run_id, "run_name": run}
    day = now.astimezone(OFFICE_ZONE).date()
    with bootstrap.session() as session:
        told = History.of(session, district, now=now)
        if not history.naming(session, district, EventKind.OPERATED, run_id):
            happening = Happening(
                kind=EventKind.OPERATED,
                day=day,
                by=who,
                reason=reason.strip(),
                move=Operation.BEGUN.value,
                details=details | named,
            )
            told.tell(happening)
