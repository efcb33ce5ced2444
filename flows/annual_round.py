"""The yearly round: collect, evaluate, draft remediations, request the sign-off. Sends nothing."""

from junheng.adapters import clock
from tasks.steps import forms, signing, steps
from tasks.steps.deployed import deployed


@deployed(
    "annual-round", description="核对联系人 → 收取报送 → 评估判定 → 判定报告 → 起草整改 → 请求签批"
)
def annual_round(asked: forms.OfAYear) -> None:
    """Run the yearly round up to the request for a sign-off; the flow `sign-off` continues it."""
    now = steps.frozen(clock.now())
    year, day = asked.school_year(now), asked.day(now)
    steps.note_started(asked.by, asked.reason, now)
    steps.check_contacts(day, asked.despite_gaps, clock=clock.now)
    collected = steps.collect(asked.sent_in(now), year, now, day)
    steps.evaluate(year, now, collected["data_hash"])
    steps.write_report(year, day)
    signing.draft(year, day, asked.despite_gaps, clock=clock.now)
    signing.ask(year, day, clock=clock.now)
