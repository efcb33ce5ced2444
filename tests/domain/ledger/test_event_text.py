"""The details of events in words."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from junheng.domain.history import hash_chain
from junheng.domain.history.hash_chain import Event, EventKind
from junheng.domain.ledger import event_text, past_states
from junheng.domain.ledger.lifecycle import Move
from junheng.domain.ledger.remediation import Remediation
from junheng.rulebook import Rulebook
from tests.domain.ledger.one_remediation import closed, handed_over, moved

BLANK = Event(
    district_code="370405",
    sequence=7,
    at="2025-10-20T01:30:00+00:00",
    day="2025-10-20",
    kind=EventKind.MOVED.value,
    reference="370405-2025-0007",
    unit="",
    move="",
    was="handed_over",
    became="handed_over",
    by="张三",
    reason="",
    details="{}",
)


def event(
    move: Move | None = None,
    became: Remediation | None = None,
    kind: EventKind = EventKind.MOVED,
    **said: Any,
) -> Event:
    snapshot = {} if became is None else {"became": past_states.snapshot(became)}
    details = hash_chain.canonical(said | snapshot)
    return replace(BLANK, kind=kind.value, move=move.value if move else "", details=details)


ASKED = moved(handed_over(), Move.ASK_EXTENSION)
GRANTED = moved(ASKED, Move.GRANT_EXTENSION)
REASSIGNED = moved(moved(handed_over(), Move.DISPUTE), Move.REASSIGN)


@pytest.mark.parametrize(
    ("happened", "said"),
    [
        (event(Move.ASK_EXTENSION, ASKED, until="2025-12-01"), "申请延期至 2025-12-01"),
        (
            event(Move.GRANT_EXTENSION, GRANTED, approved_by="分管副区长"),
            "期限延至 2025-12-01；批准人：分管副区长",
        ),
        (event(Move.REASSIGN, REASSIGNED), "改由住建牵头，期限 2025-11-17"),
        (event(Move.SUSPEND, approved_by="区长"), "批准人：区长"),
        (
            event(Move.WAIVE, until="2026-06-30", approved_by="区长"),
            "免于整改至 2026-06-30；批准人：区长",
        ),
        (event(Move.CLOSE, closed(), cause="real_gap"), "销号原因：确有差距，已补齐"),
        (event(Move.REPORT, text="操场{已}补建"), "进展：操场{已}补建"),
        (event(kind=EventKind.REPLIED, action="重新招标"), "整改措施：重新招标"),
        (
            replace(
                BLANK,
                kind=EventKind.EVIDENCE_ADDED.value,
                details='{"kind":"照片","name":"操场.jpg","version":2}',
            ),
            "照片“操场.jpg”（第2版）",
        ),
        (
            event(became=handed_over(), kind=EventKind.MILESTONE_SET, name="开工"),
            "“开工”期限 2025-10-27",
        ),
        (event(Move.SIGN_OFF), ""),
    ],
)
def test_the_text_has_dates_approver_cause_papers_and_text(
    rulebook: Rulebook, happened: Event, said: str
) -> None:
    def called(unit: str) -> str:
        return unit.removeprefix("区").removesuffix("局")

    text = event_text.told(happened, rulebook.wording.ledger, called=called)

    assert text == said


def test_a_finished_milestone_has_its_date(rulebook: Rulebook) -> None:
    first, *others = handed_over().milestones
    done = (replace(first, done_on=date(2025, 10, 24)), *others)
    became = replace(handed_over(), milestones=done)
    happened = event(became=became, kind=EventKind.MILESTONE_SET, name="开工")

    text = event_text.told(happened, rulebook.wording.ledger, called=str)

    assert text == "“开工”期限 2025-10-27，2025-10-24 完成"


def test_until_is_the_requested_or_the_granted_date() -> None:
    assert event_text.until(event(Move.ASK_EXTENSION, ASKED, until="2025-12-01")) == "2025-12-01"
    assert event_text.until(event(Move.GRANT_EXTENSION, GRANTED)) == "2025-12-01"
    assert event_text.until(event(Move.REPORT, ASKED)) == ""


@pytest.mark.parametrize("details", ["", "{", "[]", "null"])
def test_invalid_details_give_no_text(rulebook: Rulebook, details: str) -> None:
    happened = replace(BLANK, details=details)

    assert event_text.told(happened, rulebook.wording.ledger, called=str) == ""
