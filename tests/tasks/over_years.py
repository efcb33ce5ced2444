"""The rounds 2024, 2025 and corrected 2025 of the sample, and their effects on the ledger."""

import csv
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from openpyxl import load_workbook

from junheng import bootstrap
from junheng.adapters import clock
from junheng.domain.history.hash_chain import Event
from junheng.domain.ledger.remediation import Remediation
from junheng.settings import PROJECT_ROOT
from junheng.store import history, remediations
from tasks.intake import submissions
from tasks.judging import evaluation
from tasks.ledger import remediation
from tasks.ledger.remediation import Settlement
from tests.tasks.sample_homes import NOW, SUBMISSIONS

DISTRICT = "370405"
DATA = PROJECT_ROOT / "tests" / "data"
EXPECTED = DATA / "expected_ledger_over_years.csv"
ROUNDS = ("round_2024", "round_2025", "round_corrected")
# All are Mondays.
IN_2024, IN_2025, CORRECTED = date(2024, 10, 21), date(2025, 10, 20), date(2025, 11, 10)
# The corrections of four schools for 2025, by the cells of 学校填报数据.
CORRECTIONS: dict[str, dict[str, int | str]] = {
    # 约307 was sent back; the correction is read.
    "3370405005": {"E16": 307},
    # Multimedia classrooms: five, not thirteen. Too few in 2024 too.
    "3370405026": {"E54": 5},
    # Here far more than reported before.
    "3370405028": {"E54": 60},
    # No rules against bullying, unlike reported before.
    "3370405001": {"E87": "否"},
}


@dataclass(frozen=True, slots=True)
class Round:
    """The result of one round: its settlement, the ledger after it, and its events."""

    settled: Settlement
    ledger: dict[str, Remediation]
    events: tuple[Event, ...]

    def became(self) -> dict[str, str]:
        """Return the last act of this round on each remediation that it changed."""
        made = {event.reference: _deed(event) for event in self.events if event.reference}
        # Drafts are signed off and handed over in the same round.
        for event in self.events:
            if event.move in {"draft", "reopen"}:
                made[event.reference] = _deed(event)
        return made


def _deed(event: Event) -> str:
    if event.move != "close_by_data":
        return event.move
    return f"{event.move}:{json.loads(event.details)['cause']}"


def ledger() -> dict[str, Remediation]:
    with bootstrap.session() as session:
        return {item.reference: item for item in remediations.ledger(session, DISTRICT)}


def events() -> tuple[Event, ...]:
    with bootstrap.session() as session:
        return tuple(link.event for link in history.whole(session, DISTRICT))


def round_of(year: int, today: date, *, folder: Path | None = None) -> Round:
    """Collect, judge and settle a year, by default from the folder of the sample."""
    submissions.collect(folder or SUBMISSIONS / str(year), year=year, now=NOW)
    assert not evaluation.evaluate(year=year, now=NOW).broken
    return settled(lambda: remediation.remediate(year=year, today=today, now=clock.now()))


def settled(settle: Callable[[], Settlement]) -> Round:
    before = len(events())
    counts = settle()
    return Round(counts, ledger(), events()[before:])


def corrections(folder: Path, cells: dict[str, dict[str, int | str]] | None = None) -> Path:
    """Write the corrected forms of schools."""
    (folder / "schools").mkdir(parents=True)
    for code, changed in (CORRECTIONS if cells is None else cells).items():
        (original,) = (SUBMISSIONS / "2025" / "schools").glob(f"{code}_*.xlsx")
        workbook = load_workbook(original)
        for cell, value in changed.items():
            workbook["学校填报数据"][cell] = value
        workbook.save(folder / "schools" / f"{original.stem}（更正）.xlsx")
    return folder


def expected() -> tuple[dict[str, str], ...]:
    return tuple(csv.DictReader(EXPECTED.read_text("utf-8").splitlines()))
