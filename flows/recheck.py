"""The recheck: evaluates a year again after a new submission, and closes what meets now."""

from junheng.adapters import clock
from tasks.steps import forms, signing, steps
from tasks.steps.deployed import deployed


@deployed(
    "recheck",
    description="收到新的报送后重新判定：收取报送 → 评估判定 → 判定报告 → 交办整改；数据达标的销号",
)
def recheck(asked: forms.OfAYear) -> None:
    """Collect new files, evaluate the year again and update the ledger by the findings."""
    now = steps.frozen(clock.now())
    year, day = asked.school_year(now), asked.day(now)
    steps.note_started(asked.by, asked.reason, now)
    collected = steps.collect(asked.sent_in(now), year, now, day)
    steps.evaluate(year, now, collected["data_hash"])
    steps.write_report(year, day)
    signing.draft(year, day, asked.despite_gaps, clock=clock.now)
    signing.ask(year, day, clock=clock.now)
