"""A handed-over remediation, its time limits and acts on it, for the tests of moves."""

from dataclasses import replace
from datetime import date
from typing import Any

from junheng.domain.duties.responsibilities import Assignment
from junheng.domain.ledger import moves, remediation
from junheng.domain.ledger.lifecycle import Cause, Move, Status
from junheng.domain.ledger.milestones import MilestonePlans, Step, Work
from junheng.domain.ledger.remediation import Act, Grounds, LedgerContext, Remediation, Terms
from junheng.domain.workdays import CalendarYear, WorkCalendar

# Monday. The calendar has only the given holidays; every date was counted by hand.
OPENED = date(2025, 10, 20)
CALENDAR = WorkCalendar(
    (
        CalendarYear.of(2024, holidays=[]),
        CalendarYear.of(2025, holidays=[]),
        CalendarYear.of(2026, holidays=[date(2026, 1, 1), date(2026, 1, 2)], is_provisional=True),
        CalendarYear.of(2027, holidays=[date(2027, 1, 1)], is_provisional=True),
        CalendarYear.of(2028, holidays=[], is_provisional=True),
    )
)
PLANS = MilestonePlans(
    works=(
        Work(
            lines=("R4",),
            steps=(Step(name="开工", workdays=5), Step(name="竣工验收")),
        ),
    )
)
TERMS = Terms(
    calendar=CALENDAR,
    limit=20,
    receipt=2,
    arbitration=2,
    supporting_earlier=3,
    rework=5,
    plans=PLANS,
)
BY_DATA = Grounds(is_attested=False)
PROVEN = Grounds(is_attested=True)
LACKING = Grounds(is_attested=True, missing_kinds=("公告", "照片"))
ANSWERS = Assignment("区教育局", ("区财政局", "运河街道"), "区教育局（五）")
# The required inputs of each move besides person and day.
SAID: dict[Move, dict[str, Any]] = {
    Move.SEND_BACK: {"reason": "照片看不清"},
    Move.DISPUTE: {"reason": "校舍归区住建局"},
    Move.UPHOLD: {"reason": "职责清单第五条"},
    Move.REASSIGN: {
        "reason": "职责清单第三条",
        "assigned": Assignment("区住建局", ("运河街道",), "区住建局（二）"),
    },
    Move.ASK_EXTENSION: {"reason": "招标流标", "until": date(2025, 12, 1)},
    Move.GRANT_EXTENSION: {"approved_by": "分管副区长"},
    Move.REFUSE_EXTENSION: {"reason": "期限已经够长"},
    Move.SUSPEND: {"reason": "停工令", "approved_by": "分管副区长"},
    Move.WAIVE: {"reason": "学校年底撤并", "approved_by": "区长", "until": date(2026, 6, 30)},
    Move.CLOSE: {"cause": Cause.REAL_GAP},
    Move.CLOSE_BY_DATA: {"cause": Cause.REAL_GAP, "school_year": 2026},
    Move.OVERRIDE_CLOSE: {"reason": "现场核实", "cause": Cause.DATA_WRONG},
}


def draft(on: date = OPENED, *, terms: Terms = TERMS) -> Remediation:
    blank = Remediation(
        reference="370405-2025-0007",
        indicator="R4",
        unit="3370405001",
        period="",
        unit_name="运河街道第一小学",
        town="运河街道",
        school_year=2025,
        followed_year=2025,
        lead=ANSWERS.lead,
        basis=ANSWERS.basis,
        items=("3370405001:小学",),
        status=Status.DRAFTED,
        opened_on=on,
        receipt_due_on=on,
        due_on=on,
    )
    return remediation.drafted(blank, ANSWERS, terms=terms, on=on)


def act(move: Move, on: date = OPENED, **said: Any) -> Act:
    """Return an act with all inputs that its move requires, overridden by `said`."""
    return replace(Act(move, "张三", on, **SAID.get(move, {})), **said)


def moved(
    before: Remediation,
    move: Move,
    on: date = OPENED,
    *,
    terms: Terms = TERMS,
    grounds: Grounds = PROVEN,
    **said: Any,
) -> Remediation:
    return moves.move(before, act(move, on, **said), context=LedgerContext(terms, grounds))


def handed_over(on: date = OPENED, *, terms: Terms = TERMS) -> Remediation:
    signed = moved(draft(on, terms=terms), Move.SIGN_OFF, on)
    return moved(signed, Move.HAND_OVER, on, terms=terms)


def reported(on: date = OPENED) -> Remediation:
    out = handed_over(on)
    for step in (Move.RECEIPT, Move.START, Move.REPORT):
        out = moved(out, step, on, text="已补建操场")
    return out


def closed(grounds: Grounds = PROVEN) -> Remediation:
    return moved(moved(reported(), Move.REVIEW), Move.CLOSE, date(2025, 11, 10), grounds=grounds)
